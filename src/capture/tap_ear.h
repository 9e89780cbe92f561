// What a tap's frames are passed to: a function that finds in a frame what a
// listener of one kind takes, and the listener.
//
// Threads  as a TapSink.
// Errors   none.
#pragma once

#include "ntm/capture/tap.h"

namespace ntm {

template <typename Listener, void (*kHear)(const Frame&, Listener*) noexcept>
class TapEar final : public TapSink {
 public:
  explicit TapEar(Listener* listener) : listener_(listener) {}

  void OnFrame(const Frame& frame) noexcept override {
    kHear(frame, listener_);
  }
  void OnLost(uint64_t frames) noexcept override { listener_->OnLost(frames); }

 private:
  Listener* listener_;
};

}  // namespace ntm
