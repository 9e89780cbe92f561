// Selects the samples that are needed to represent the expositions of all
// steps, and spools them.
//
// Units    times are ms since the epoch, multiples of the step.
// Shape    a series has a sample at each step while it changes and for kFreshMs
//          after that; later at least one every kKeepAliveMs, so that
//          Prometheus does not treat it as stale. One step before it changes
//          again it has a sample with the old value, so that rate() shows the
//          change at the right time. A counter starts with 0, one step before
//          its first value.
// Memory   per series of the last exposition; nothing per sample.
// Threads  not synchronised.
// Errors   those of SampleSpool.
// Source   prometheus.io "Querying basics", staleness: a sample counts for
//          5 minutes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sample_spool.h"

namespace ntm {

class SeriesSampler {
 public:
  static constexpr int64_t kFreshMs = 5 * 60 * 1000;
  static constexpr int64_t kKeepAliveMs = 4 * 60 * 1000;

  // `spool` must outlive it.
  SeriesSampler(int64_t step_ms, SampleSpool* spool);

  enum class Keep { kDueSeries, kEverySeries };

  // `exposition` is OpenMetrics text without timestamps, as of `time_ms`. A
  // series that is not in it has ended. REQUIRES: times are increasing.
  void Take(int64_t time_ms, std::string_view exposition, Keep keep);

  // Takes samples for a step at which nothing has changed. REQUIRES: times are
  // increasing.
  void Repeat(int64_t time_ms);

  // The HELP and TYPE lines of each family, indexed by SeriesId::family.
  const std::vector<std::string>& heads() const noexcept { return heads_; }

 private:
  struct Series {
    SampleValue value;
    int64_t moved_at_ms;
    int64_t written_at_ms;
    uint64_t taken;  // takes_ of the last Take() with this series
  };
  struct IdHash {
    size_t operator()(const SeriesId& id) const noexcept { return id.low; }
  };

  void TakeHead(std::string_view line);
  void TakeSample(int64_t time_ms, std::string_view line, Keep keep);
  void Begin(int64_t time_ms, const SeriesId& id, std::string_view text,
             const SampleValue& value);
  void Move(int64_t time_ms, const SeriesId& id, const SampleValue& value,
            Series* series);
  void Write(int64_t time_ms, const SeriesId& id, Series* series);
  bool IsDue(int64_t time_ms, const Series& series) const;

  // Constant after construction
  int64_t step_ms_;
  SampleSpool* spool_;

  std::unordered_map<SeriesId, Series, IdHash> series_;
  uint64_t takes_ = 0;
  std::vector<std::string> heads_;
  std::unordered_map<std::string, uint64_t> ranks_;  // index in heads_, by name
  // Of the family of the current line.
  uint64_t rank_ = 0;
  std::string family_;
  bool is_counter_ = false;
  bool is_new_family_ = false;
};

}  // namespace ntm
