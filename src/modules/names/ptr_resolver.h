// Looks up the addresses queued in a NameTable by reverse DNS.
//
// Shape    at most kMaxInFlight queries in flight and `per_second` queries per
//          second; a query without an answer within kTimeout is sent once more,
//          then it has failed. Of several names the alphabetically first is
//          used, since servers rotate their order.
// Threads  Step() by one thread; Wake() by any.
// Errors   the constructor throws ntm::Error if the resolver cannot start. If
//          none of the system's servers is usable, that is logged and no
//          queries are sent. Later failures are counted.
// Source   c-ares (ids, ports and the questions of answers are checked there);
//          RFC 1035, 3596, 2317 (reverse names that are delegated by CNAME).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "name_rules.h"
#include "name_server.h"
#include "name_table.h"
#include "ntm/base/wake_event.h"

namespace ntm::names {

enum class AskResult : uint8_t { kNamed, kNoName, kRefused, kFailed, kCount };
inline constexpr size_t kAskResultCount =
    static_cast<size_t>(AskResult::kCount);

// Label values: "named", "no_name", "refused", "failed".
const char* ResultName(AskResult result) noexcept;

class PtrResolver {
 public:
  static constexpr int kMaxInFlight = 32;
  static constexpr std::chrono::milliseconds kTimeout{1000};

  // Without `servers` the system's servers are used. `rules` and `table` must
  // outlive this object.
  PtrResolver(std::vector<NameServer> servers, uint32_t per_second,
              NameRules* rules, NameTable* table);
  ~PtrResolver();
  PtrResolver(const PtrResolver&) = delete;
  PtrResolver& operator=(const PtrResolver&) = delete;

  // Sends the queries that are allowed now, waits at most `patience` for
  // answers, and puts them into the table.
  void Step(std::chrono::milliseconds patience);

  // Switches to the system's present servers if they have changed, since a
  // machine may get its network after ntm has started, or move. Queries in
  // flight then fail. To be called regularly by the thread of Step().
  void FollowSystem();

  // Ends a Step() that waits.
  void Wake() const noexcept;

  uint64_t asked(AskResult result) const noexcept {
    return results_[static_cast<size_t>(result)].load();
  }

 private:
  struct Channel;
  struct Question;

  void Ask(const Address& address);
  void Learn(const Address& address, int status, const uint8_t* answer,
             size_t bytes);
  AskResult LearnAnswer(const Address& address, const uint8_t* answer,
                        size_t bytes);
  // Waits until a socket is ready, Wake() is called, or a timeout is due.
  void Wait(std::chrono::milliseconds patience);

  // Constant after construction.
  bool follows_system_;
  uint32_t per_second_;
  NameRules* rules_;
  NameTable* table_;
  WakeEvent wake_;

  // The thread of Step() only.
  std::filesystem::file_time_type system_changed_at_;
  std::unique_ptr<Channel> channel_;
  int in_flight_ = 0;
  double allowance_ = 1;  // queries that may be sent now
  std::chrono::steady_clock::time_point allowed_at_;

  std::array<std::atomic<uint64_t>, kAskResultCount> results_{};
};

}  // namespace ntm::names
