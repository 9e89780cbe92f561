// Parses the statistics that only some kinds of queues have: fq_codel, and CAKE
// with its tins.
//
// Units    bytes, packets, bytes per second, microseconds.
// Threads  pure functions and values.
// Errors   none: missing values are 0, missing structures nullopt.
// Source   linux/pkt_sched.h; tc-fq_codel(8), tc-cake(8).
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

struct nlattr;

namespace ntm::qos {

struct FqCodelDetails {
  uint64_t ecn_marks = 0;
  uint64_t overlimit_drops = 0;  // times the limit was hit
  uint64_t new_flows = 0;        // since the queue was created
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
  uint64_t capacity_bytes_per_second = 0;  // as estimated by CAKE
  uint64_t memory_bytes = 0;
  std::vector<CakeTin> tins;  // in the order of tc(8)
};

struct QueueDetails {
  std::optional<FqCodelDetails> fq_codel;
  std::optional<CakeDetails> cake;
};

// `first` points to `size` bytes of attributes of a qdisc message.
QueueDetails DetailsOf(const nlattr* first, int size);

}  // namespace ntm::qos
