// Turns a capture file into samples with timestamps, for Prometheus' storage.
//
// It receives each frame before the pipeline does: when the packets' timestamps
// reach the next step, it samples everything that is counted so far.
//
// Units    sample times are multiples of the step; a packet counts in the first
//          sample that is not before it.
// Shape    a packet that is older than the current step counts in that step:
//          time never goes back. A pause longer than kLongestPauseMs has no
//          samples.
// Memory   per series, see sample_spool.h; not per step and not per packet.
// Threads  not synchronised; the caller must not hold the pipeline's lock,
//          because a scrape takes it.
// Errors   the constructor and Finish() throw ntm::Error; Rethrow() throws what
//          failed in OnFrame().
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

  // `out_path` may be "-". All frames are passed on to `input`, which must
  // outlive this.
  Backfill(const std::string& out_path, std::chrono::milliseconds step,
           FrameSink* input, Scrape scrape);

  void OnFrame(const Frame& frame) noexcept override;

  // Throws the exception that occurred in OnFrame(), if any.
  void Rethrow() const;

  // Takes the last sample and writes the output file.
  void Finish();

 private:
  // Takes all samples before the step of this time.
  void AdvanceTo(int64_t time_ns);

  // Constant after construction
  int64_t step_ms_;
  FrameSink* input_;
  Scrape scrape_;

  OpenMetricsFile out_;
  SampleSpool spool_;
  SeriesSampler sampler_;
  bool has_begun_ = false;
  int64_t step_at_ms_ = 0;  // the sample in which packets count now
  std::exception_ptr failure_;
};

}  // namespace ntm
