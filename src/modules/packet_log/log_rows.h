// The newest packets that were logged, and what is known of each.
//
// Units    bytes; ns since the epoch; throughput in Mbit/s.
// Shape    at most `limit` rows. A row's id is its microsecond, or the next
//          free one, so that it stays the same over restarts.
// Threads  any; every call is short but Page(), which copies what it returns.
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
  // What its class carried in the second before, by what was logged of it.
  double throughput_mbps = 0;
  int priority = 0;
};

// What each class carried in the last whole second; times may repeat and go
// back.
class ClassThroughput {
 public:
  explicit ClassThroughput(uint64_t one_of) : one_of_(one_of) {}

  // Counts the packet; returns the Mbit/s of its class in the second before.
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

  // Gives each its id.
  void Add(std::vector<LogRow> rows);
  // Those from before a restart, the newest first.
  void AddOld(const std::vector<LogRow>& rows);

  // The newest first: of those of the class (kNoClass: of all), and before the
  // id (0: of all), `limit` after the first `offset`.
  std::vector<LogRow> Page(ClassId traffic_class, int64_t before_id,
                           size_t offset, size_t limit) const;
  size_t size() const;

  // Those that are not kept yet, the oldest first; and the id of the oldest
  // that is to be kept at all (0: nothing has to go).
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
