// Stores the busiest flows in the database table active_flows.
//
// Units    Mbit/s in the columns currentBandwidth and allocatedBandwidth.
// Shape    replaced as a whole with each transaction; at most kMostRows rows,
//          of flows with traffic. startTime is when the flow first appeared in
//          the table during this run. Text columns of labels that are not
//          enabled are empty, port columns NULL.
// Threads  Take() on the main thread, the other functions on the database's
//          thread.
// Errors   Save() throws DatabaseError.
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

  // To be called every tick; `before` and `report` may be null.
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
