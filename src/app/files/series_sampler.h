// Decides which samples of a growing exposition are worth keeping, and spools
// them.
//
// Units    times are ms since the epoch, multiples of the step.
// Shape    a series has a sample at each step while it moves and for kFreshMs
//          after, later one at least every kKeepAliveMs, so that Prometheus
//          never takes it for gone; one step before it moves again its old
//          value, so that rate() sees the movement where it was. A counter
//          begins with 0, one step before its first value.
// Memory   per series of the exposition of the moment; nothing per sample.
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

  enum class Keep { kWhatIsDue, kEverySeries };

  // `exposition` is everything at `time_ms`, in OpenMetrics and without times.
  // A series that is not in it has ended. REQUIRES: later than the last time.
  void Take(int64_t time_ms, std::string_view exposition, Keep keep);

  // Nothing moved until `time_ms`. REQUIRES: later than the last time.
  void Repeat(int64_t time_ms);

  // The head (HELP, TYPE) of each family; its place is SeriesId::family.
  const std::vector<std::string>& heads() const noexcept { return heads_; }

 private:
  struct Series {
    SampleValue value;
    int64_t moved_at_ms;
    int64_t written_at_ms;
    uint64_t taken;  // the last Take() that had it
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
  std::unordered_map<std::string, uint64_t> ranks_;  // by family
  // Of the family that the lines are in.
  uint64_t rank_ = 0;
  std::string family_;
  bool is_counter_ = false;
  bool is_new_family_ = false;
};

}  // namespace ntm
