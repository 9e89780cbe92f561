// Closes an interface when it disappears and opens it again, with back-off,
// when it returns.
//
// Asks the kernel (rtnetlink) for the interface's state, because libpcap
// reports no error for a deleted interface.
//
// Threads  main thread only.
// Errors   Begin() throws ntm::Error if the interface cannot be opened; Check()
//          logs the error and tries again later.
#pragma once

#include <chrono>
#include <optional>
#include <string>

#include "live_interface.h"
#include "ntm/capture/capture.h"
#include "ntm/net/link.h"
#include "reconciliation.h"

namespace ntm {

class InterfaceWatch {
 public:
  // All must outlive it.
  InterfaceWatch(LiveInterface* interface, const CaptureSettings* settings,
                 Links* links)
      : interface_(interface), settings_(settings), links_(links) {}

  // Opens it for the first time, unless it `may_wait` and the interface is down
  // or not there yet.
  void Begin(bool may_wait);
  // Once per tick; `now` is a steady clock's. Returns true iff the interface
  // was opened.
  bool Check(std::chrono::nanoseconds now);

 private:
  bool is_any() const { return interface_->name() == kAnyInterface; }
  std::optional<LinkState> FindLink();
  // Like Check(), without the warnings.
  bool Follow(std::chrono::nanoseconds now);
  void Open(const std::optional<LinkState>& link);
  bool TryOpen(std::chrono::nanoseconds now);
  // `state` is what the interface is: "down", "gone".
  void SetDown(const std::string& state);
  void Close(const std::string& state);

  LiveInterface* interface_;
  const CaptureSettings* settings_;
  Links* links_;

  int opened_index_ = 0;  // the kernel's, 0 for `any`
  std::chrono::nanoseconds retry_at_{0};
  std::chrono::nanoseconds backoff_{0};
  Reconciliation reconciliation_;
  bool has_warned_of_superpackets_ = false;
};

}  // namespace ntm
