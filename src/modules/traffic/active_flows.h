// The table active_flows: the flows that carry most, as of a moment ago.
//
// Units    Mbit/s in the columns currentBandwidth and allocatedBandwidth.
// Shape    replaced as a whole with each transaction; at most kMostRows rows of
//          flows that carried something. A flow's startTime is when this run
//          first saw it here. Columns of labels that were not chosen are NULL.
// Threads  Take() on the main thread; what is the database's on its thread.
// Errors   DatabaseError of Save().
#pragma once

#include <atomic>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"
#include "ntm/module/stored_tables.h"

namespace ntm::traffic {

class ActiveFlows final : public StoredTables {
 public:
  static constexpr size_t kMostRows = 200;
  static constexpr int kTicksBetween = 15;

  // Every tick; `before` and `report` may be null.
  void Take(const Snapshot& now, const Snapshot* before,
            const QosReport* report);

  std::string_view name() const noexcept override { return "traffic"; }
  std::vector<std::string> Migrations() const override;
  void Load(Database& database) override;
  void Save(Database& database) override;

 private:
  struct Row {
    std::string src, dst, proto, service, traffic_class, src_port, dst_port;
    std::optional<int> priority;
    double current_mbit = 0;
    std::optional<double> allocated_mbit;
    uint64_t packets = 0;
    uint64_t bytes = 0;
    int64_t began_ns = 0;
    int64_t last_seen_ns = 0;
  };

  std::atomic<bool> has_database_ = false;
  int ticks_left_ = 0;                                 // main thread
  std::unordered_map<std::string, int64_t> began_ns_;  // main thread

  std::mutex mutex_;
  std::vector<Row> rows_;
};

}  // namespace ntm::traffic
