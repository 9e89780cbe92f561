// An update that an agent sends to its hub, and its JSON form.
//
// Units    bytes, bytes per second, percent, seconds. In JSON MB is 2^20 and GB
//          2^30 bytes, as the agents written in Python send them.
// Shape    the JSON has the members of those agents, so that their hubs
//          understand it, and an object "ntm" with what is needed to count each
//          update exactly once: exact byte totals, the series they belong to,
//          the run of the agent, a sequence number within the run, and the
//          update's age.
// Threads  pure.
// Errors   ParseUpdate() returns an UpdateFault and never throws.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace ntm::agents {

// Only in updates of an agent that is an ntm.
struct UpdateOrigin {
  std::string series;     // which totals these are; a new series starts at 0
  std::string run;        // one process of the agent
  uint64_t sequence = 0;  // grows within a run
  double age_seconds = 0;
  double interval_seconds = 0;
};

struct TrafficUpdate {
  std::string id;
  double receive_bytes_per_second = 0;
  double transmit_bytes_per_second = 0;
  // The agent's own counters, never negative.
  int64_t receive_bytes = 0;
  int64_t transmit_bytes = 0;
  double max_bytes_per_second = 0;  // both directions together; 0: unknown
  double cpu_percent = 0;
  double memory_percent = 0;
  bool is_ntm = false;
  UpdateOrigin origin;  // iff is_ntm
};

inline constexpr double kBytesPerMegabyte = 1024.0 * 1024.0;
inline constexpr double kBytesPerGigabyte = 1024.0 * 1024.0 * 1024.0;

struct UpdateFault {
  int status = 422;  // 400: not JSON
  std::string what;  // never contains parts of the received text
};

std::string ToJson(const TrafficUpdate& update);

// A negative rate or total is a fault: agents written in Python send one when a
// counter is reset, and it is not traffic.
std::variant<TrafficUpdate, UpdateFault> ParseUpdate(const std::string& text);

inline constexpr size_t kLongestIdBytes = 64;

// Returns true iff `id` is one to 64 of A-Z a-z 0-9 . _ -
bool IsAgentId(const std::string& id);

}  // namespace ntm::agents
