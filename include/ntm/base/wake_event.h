// Wakes a thread that waits in poll().
//
// Threads  Wake() on any, the rest on the thread that waits.
// Errors   the constructor throws ntm::Error where no descriptor can be had.
// Source   eventfd(2).
#pragma once

namespace ntm {

class WakeEvent {
 public:
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  // To wait for POLLIN on.
  int descriptor() const noexcept { return descriptor_; }
  void Wake() const noexcept;
  // Takes back all Wake() so far.
  void Take() const noexcept;

 private:
  int descriptor_;
};

}  // namespace ntm
