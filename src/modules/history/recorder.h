// Takes in what the other modules post, and keeps what is not in the database
// yet, so that every answer has it.
//
// Shape    kTotalInterface is the whole: its receive is what went to the local
//          hosts, its transmit what came from them. Of an interface both are
//          the kernel's.
//          Batches: the current one, and those that a write has begun with.
//          Points of open buckets are part of every answer. Without a database
//          only the newest kRecentPoints raw points of each source are kept.
//          What is not written is bounded by kMaxPendingRows; beyond it the
//          oldest batch is dropped and counted.
// Threads  all functions on any thread; the lock is held to copy only.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ntm/module/reports.h"
#include "rate_buckets.h"
#include "roll_up.h"

namespace ntm::history {

inline constexpr size_t kRecentPoints = 100;
inline constexpr size_t kMaxPendingRows = 200'000;

inline constexpr char kInterfaceKind[] = "interface";
inline constexpr char kAgentKind[] = "agent";

struct SourceKey {
  std::string kind;
  std::string name;
  auto operator<=>(const SourceKey&) const = default;
};

struct Counters {
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
  int64_t time_s = 0;
};

// A row of network_stats.
struct StatsRow {
  int64_t time_s = 0;
  InterfaceSample sample;
  bool store_raw_counts = true;
};

struct SourcePoint {
  SourceKey source;
  Point point;
};

struct Batch {
  std::vector<StatsRow> stats;
  std::vector<SourcePoint> points;
  std::map<SourceKey, Counters> counters;             // the latest
  std::map<std::string, InterfaceSample> interfaces;  // the latest

  size_t rows() const { return stats.size() + points.size(); }
};

using Batches = std::vector<std::shared_ptr<const Batch>>;

class Recorder {
 public:
  // Nobody calls BeginWrite(): only what is recent is kept. At first it is so.
  void KeepForWriting(bool keeps);

  // Before the first sample of a source: its last counters, and the minutes in
  // order of time that its coarser buckets go on from.
  void Resume(const SourceKey& source, const Counters& last,
              const Buckets& minutes);

  void Take(const InterfaceReport& report);
  void Take(const InterfaceCycle& cycle);
  void Take(const AgentReport& report);

  // Ends all open buckets, at the end of the run.
  void EndAll();

  // All that is not written, oldest first; it stays part of every answer until
  // EndWrite() says that it is in the database.
  Batches BeginWrite();
  void EndWrite(const Batches& written);

  // A source's buckets of one tier whose begin is in [from, to), in order of
  // time and one per begin.
  Buckets Points(const SourceKey& source, int64_t tier_seconds, int64_t from_s,
                 int64_t to_s) const;

  bool Knows(const SourceKey& source) const;
  size_t pending_rows() const;
  uint64_t dropped_rows() const;

 private:
  struct Source {
    RollUp roll_up;
    std::deque<Bucket> recent;  // but for the open one
    Counters last;
    bool has_last = false;
    bool is_silent = false;
    int64_t heard_s = 0;
  };
  struct Grown {
    uint64_t receive_bytes = 0;
    uint64_t transmit_bytes = 0;
  };

  // Books what the source's counters have grown by since its sample before, and
  // returns that. `heard_s` is the report's time, not that of the sample.
  Grown Add(const SourceKey& key, const Bucket& sample, const Counters& now,
            int64_t heard_s);
  void Book(const SourceKey& key, Bucket sample, const Counters& now,
            const Grown& grown, int64_t heard_s);
  Grown GrownSite(const SiteReport& site,
                  const std::map<std::string, Grown>& grown);
  void Keep(const SourceKey& key, Source* source,
            const std::vector<Point>& ended);
  void Sweep(int64_t now_s);
  void Bound();

  mutable std::mutex mutex_;
  // Guarded.
  bool keeps_ = false;
  std::map<SourceKey, Source> sources_;
  std::map<std::string, Counters> ways_;  // the last, by counter_name
  std::deque<std::shared_ptr<const Batch>> in_flight_;
  std::shared_ptr<Batch> current_ = std::make_shared<Batch>();
  uint64_t dropped_rows_ = 0;
  int64_t swept_s_ = 0;
};

}  // namespace ntm::history
