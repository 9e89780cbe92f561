// Asks reverse DNS about the addresses that a NameTable wants to know.
//
// Shape    at most kMaxInFlight questions under way and `per_second` asked per
//          second; one that is not answered within kTimeout is asked once more,
//          then it has failed. Of several names the first in the order of the
//          alphabet is taken: servers rotate them.
// Threads  Step() by one thread; Wake() by any.
// Errors   the constructor throws ntm::Error where the resolver cannot start.
//          Where the system has servers, but none that can be asked, nobody is,
//          and the log says so. What goes wrong later is counted.
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

  // Without `servers` the system's are asked. The tables must outlive it.
  PtrResolver(std::vector<NameServer> servers, uint32_t per_second,
              NameRules* rules, NameTable* table);
  ~PtrResolver();
  PtrResolver(const PtrResolver&) = delete;
  PtrResolver& operator=(const PtrResolver&) = delete;

  // Asks what may be asked, waits for answers, `patience` at most, and learns
  // them.
  void Step(std::chrono::milliseconds patience);

  // Asks the servers that the system has now, if it has others than before: a
  // machine gets its network after it has started, and moves. Questions under
  // way have failed then. To be called now and then, by the thread of Step().
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
  // Waits until a socket is ready, it is woken, or something is due.
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
  double allowance_ = 1;  // questions that may be asked at once
  std::chrono::steady_clock::time_point allowed_at_;

  std::array<std::atomic<uint64_t>, kAskResultCount> results_{};
};

}  // namespace ntm::names
