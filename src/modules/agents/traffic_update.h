// What an agent tells its hub, and its JSON text.
//
// Units    bytes, bytes per second, percent, seconds. In the text MB is 2^20
//          and GB 2^30 bytes, as the agents in Python wrote them.
// Shape    the text has the members of those agents, which any hub of theirs
//          understands, and one object "ntm" of our own with what makes an
//          update countable once: exact bytes, which totals they belong to,
//          which run of the agent made it as its how manieth, how old it is.
// Threads  pure.
// Errors   ParseUpdate() tells an UpdateFault, never throws.
#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace ntm::agents {

// Only from an agent that is an ntm.
struct UpdateOrigin {
  std::string series;     // whose totals these are; a new one begins anew
  std::string run;        // one process of the agent
  uint64_t sequence = 0;  // grows within a run
  double age_seconds = 0;
  double interval_seconds = 0;
};

struct TrafficUpdate {
  std::string id;
  double receive_bytes_per_second = 0;
  double transmit_bytes_per_second = 0;
  // As the agent counts, never negative.
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
  int status = 422;  // 400: no JSON at all
  std::string what;  // without anything of the text itself
};

std::string ToJson(const TrafficUpdate& update);

// A negative rate or total is a fault: agents in Python send them when the
// counter that they read starts anew, and they are no traffic.
std::variant<TrafficUpdate, UpdateFault> ParseUpdate(const std::string& text);

inline constexpr size_t kLongestIdBytes = 64;

// Returns true iff `id` is one to 64 of A-Z a-z 0-9 . _ -
bool IsAgentId(const std::string& id);

}  // namespace ntm::agents
