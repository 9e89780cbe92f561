// The updates that wait for their hub, and when to try it next.
//
// Shape    at most `limit` updates, oldest first; beyond it the oldest is
//          dropped and counted. One is under way at a time; it goes back to the
//          front if the hub did not take it. Between failures the pause doubles
//          from kFirstPause to kLongestPause, of which a random part of up to
//          half is left out, so that many agents do not come back at once.
// Units    times are those of one steady clock.
// Threads  a value; one user at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>

#include "traffic_update.h"

namespace ntm::agents {

class PushQueue {
 public:
  using Time = std::chrono::nanoseconds;  // since any epoch

  static constexpr Time kFirstPause = std::chrono::seconds(1);
  static constexpr Time kLongestPause = std::chrono::seconds(60);

  enum class Outcome {
    kTaken,
    kRejected,  // this update never will be: it is dropped
    kFailed,    // later, perhaps
  };

  // `random` gives numbers from 0 to 1.
  PushQueue(size_t limit, std::function<double()> random);

  void Add(TrafficUpdate update, Time now);

  // The oldest update, with its age as of now; nothing before due() and while
  // one is under way.
  std::optional<TrafficUpdate> Take(Time now);
  // REQUIRES: one is under way.
  void Done(Outcome outcome, Time now);

  // When Take() gives something next; nothing while the line is empty or an
  // update under way.
  std::optional<Time> due() const;

  size_t size() const { return waiting_.size() + (under_way_ ? 1 : 0); }
  uint64_t dropped() const { return dropped_; }
  uint64_t rejected() const { return rejected_; }
  uint64_t taken() const { return taken_; }

 private:
  struct Entry {
    TrafficUpdate update;
    Time made;
  };
  void DropBeyondLimit();
  Time Pause();

  // Constant after construction
  size_t limit_;
  std::function<double()> random_;

  std::deque<Entry> waiting_;
  std::optional<Entry> under_way_;
  Time not_before_ = Time::min();
  Time pause_ = kFirstPause;
  uint64_t dropped_ = 0;
  uint64_t rejected_ = 0;
  uint64_t taken_ = 0;
};

}  // namespace ntm::agents
