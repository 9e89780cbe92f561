// Turns a capture file into samples with times, for Prometheus' storage.
//
// Stands between the capture and the packet path: when the packets' own clock
// reaches the next step, everything counted so far is a sample at that step.
//
// Units    times are multiples of the step; a packet counts in the first one
//          that is not before it.
// Shape    a packet whose time lies before the step reached counts in that
//          step: time never goes back. A pause longer than kLongestPauseMs has
//          no samples in it.
// Memory   per series, see sample_spool.h; not per step nor per packet.
// Threads  not synchronised; no lock of the pipeline may be held, because a
//          scrape takes it.
// Errors   the constructor and Finish() throw ntm::Error; what fails in
//          between is thrown by Rethrow().
#pragma once

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <string>

#include "ntm/capture/capture.h"
#include "openmetrics_file.h"
#include "sample_spool.h"
#include "series_sampler.h"

namespace ntm {

class Backfill final : public FrameSink {
 public:
  static constexpr int64_t kLongestPauseMs = SeriesSampler::kFreshMs;

  // Returns everything counted so far in OpenMetrics.
  using Scrape = std::function<std::string()>;

  // `out_path` may be "-". `line` gets all frames and must outlive it.
  Backfill(const std::string& out_path, std::chrono::milliseconds step,
           FrameSink* line, Scrape scrape);

  void OnFrame(const Frame& frame) noexcept override;

  // Throws what failed, if something did.
  void Rethrow() const;

  // Takes the last sample and writes the file.
  void Finish();

 private:
  void Reach(int64_t time_ns);

  // Constant after construction
  int64_t step_ms_;
  FrameSink* line_;
  Scrape scrape_;

  OpenMetricsFile out_;
  SampleSpool spool_;
  SeriesSampler sampler_;
  bool has_begun_ = false;
  int64_t step_at_ms_ = 0;  // the sample that packets count in now
  std::exception_ptr failure_;
};

}  // namespace ntm
