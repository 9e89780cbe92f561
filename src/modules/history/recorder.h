// Turns the reports of other modules into rows for the database and keeps them
// until they are written, so that answers include them.
//
// Shape    kTotalInterface is the whole site: receive is traffic to local
//          hosts, transmit traffic from them. For an interface both are the
//          kernel's counters. Rows are collected in the current batch;
//          BeginWrite() moves it to the batches being written. Answers include
//          open buckets. Without a database only the newest kRecentPoints raw
//          points of each source are kept. At most kMaxPendingRows rows are
//          kept unwritten; beyond that the oldest batch is dropped and counted.
// Threads  any; the mutex is held only to copy.
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
  // false, the default: BeginWrite() is never called, and only recent points
  // are kept.
  void KeepForWriting(bool keeps);

  // Restores a source before its first sample: its last counters, and the
  // minutes, in order of time, of its open coarser buckets.
  void Resume(const SourceKey& source, const Counters& last,
              const Buckets& minutes);

  void Take(const InterfaceReport& report);
  void Take(const InterfaceCycle& cycle);
  void Take(const AgentReport& report);

  // Closes all open buckets, at the end of the run.
  void EndAll();

  // Returns all unwritten batches, oldest first. Answers include them until
  // EndWrite() confirms that they are in the database.
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
    std::deque<Bucket> recent;  // closed ones
    Counters last;
    bool has_last = false;
    bool is_silent = false;
    int64_t heard_s = 0;
  };
  struct Grown {
    uint64_t receive_bytes = 0;
    uint64_t transmit_bytes = 0;
  };

  // Records the increase of the source's counters since its last sample and
  // returns it. `heard_s` is the report's time, not that of the sample.
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
  std::map<std::string, Counters> boundary_;  // the last, by counter_name
  std::deque<std::shared_ptr<const Batch>> in_flight_;
  std::shared_ptr<Batch> current_ = std::make_shared<Batch>();
  uint64_t dropped_rows_ = 0;
  int64_t swept_s_ = 0;
};

}  // namespace ntm::history
