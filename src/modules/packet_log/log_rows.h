// Holds the newest logged packets in memory.
//
// Units    bytes; ns since the epoch; throughput in Mbit/s.
// Shape    at most `limit` rows. The id of a row is its time in µs, or the next
//          free number, so that ids rise across restarts.
// Threads  any; all calls are short except Page(), which copies its result.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <vector>

#include "ntm/flow/packet_log.h"

namespace ntm::packet_log {

struct LogRow {
  int64_t id = 0;
  PacketRecord record;
  // The throughput of its class in the previous second, from the sample.
  double throughput_mbps = 0;
  int priority = 0;
};

// Measures the throughput of each class in the last full second; times may
// repeat and decrease.
class ClassThroughput {
 public:
  explicit ClassThroughput(uint64_t one_of) : one_of_(one_of) {}

  // Counts the packet; returns the Mbit/s of its class in the previous second.
  double Add(const PacketRecord& record);

 private:
  struct Second {
    uint64_t now_bytes = 0;
    uint64_t before_bytes = 0;
  };
  uint64_t one_of_;
  int64_t second_ = 0;
  std::vector<Second> classes_;
};

class LogRows {
 public:
  explicit LogRows(size_t limit) : limit_(limit) {}

  // Adds rows and assigns their ids.
  void Add(std::vector<LogRow> rows);
  // Adds rows from before a restart, newest first.
  void AddOld(const std::vector<LogRow>& rows);

  // Newest first: at most `limit` rows after the first `offset`, of a class
  // (kNoClass: all) and with ids below `before_id` (0: all).
  std::vector<LogRow> Page(ClassId traffic_class, int64_t before_id,
                           size_t offset, size_t limit) const;
  size_t size() const;

  // The rows not yet in the database, oldest first, and the id of the oldest
  // row to keep (0: keep all).
  struct Pending {
    std::vector<LogRow> rows;
    int64_t oldest_id = 0;
  };
  Pending ToKeep() const;
  void KeptUpTo(int64_t id);

 private:
  size_t limit_;
  mutable std::mutex mutex_;
  std::deque<LogRow> rows_;  // by id
  int64_t last_id_ = 0;
  int64_t kept_id_ = 0;
};

}  // namespace ntm::packet_log
