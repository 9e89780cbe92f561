// What some kinds of queues tell beyond what all tell: fq_codel, and CAKE with
// its tins.
//
// Units    bytes, packets, bytes per second, microseconds.
// Threads  pure functions and values.
// Errors   none: what a message does not have is 0, or missing.
// Source   linux/pkt_sched.h; tc-fq_codel(8), tc-cake(8).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

struct nlattr;

namespace ntm::qos {

struct FqCodelDetails {
  uint64_t ecn_marks = 0;
  uint64_t overlimit_drops = 0;  // the queue as a whole was full
  uint64_t new_flows = 0;        // since the queue was made
  uint64_t flows_in_new_list = 0;
  uint64_t flows_in_old_list = 0;
  uint64_t memory_bytes = 0;
};

struct CakeTin {
  uint64_t bytes = 0;
  uint64_t packets = 0;
  uint64_t drops = 0;
  uint64_t ecn_marks = 0;
  uint64_t backlog_bytes = 0;
  uint64_t threshold_bytes_per_second = 0;
  uint64_t average_delay_us = 0;
  uint64_t peak_delay_us = 0;
};

struct CakeDetails {
  uint64_t capacity_bytes_per_second = 0;  // as CAKE takes it for
  uint64_t memory_bytes = 0;
  std::vector<CakeTin> tins;  // in the order in which tc shows them
};

struct QueueDetails {
  std::optional<FqCodelDetails> fq_codel;
  std::optional<CakeDetails> cake;
};

// `first`: the attributes of a message about a qdisc, `size` bytes of them.
QueueDetails DetailsOf(const nlattr* first, int size);

}  // namespace ntm::qos
