// Wakes a thread that waits in poll().
//
// Threads  Wake() on any thread, the rest on the thread that waits.
// Errors   the constructor throws ntm::Error if it gets no file descriptor.
// Source   eventfd(2).
#pragma once

namespace ntm {

class WakeEvent {
 public:
  WakeEvent();
  ~WakeEvent();
  WakeEvent(const WakeEvent&) = delete;
  WakeEvent& operator=(const WakeEvent&) = delete;

  // Wait for POLLIN on it.
  int descriptor() const noexcept { return descriptor_; }
  void Wake() const noexcept;
  // Clears all wake-ups so far.
  void Take() const noexcept;

 private:
  int descriptor_;
};

}  // namespace ntm
