// The queue of updates to push, with the time of the next attempt.
//
// Shape    at most `limit` updates, oldest first; beyond it the oldest is
//          dropped and counted. One update is in flight at a time; if the push
//          fails, it goes back to the front. Retries back off exponentially
//          from kFirstPause to kLongestPause, with jitter: up to half of each
//          pause is left out at random, so that many agents do not retry at the
//          same time.
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
    kRejected,  // the hub will never accept this update: it is dropped
    kFailed,    // to be retried
  };

  // `random` gives numbers from 0 to 1.
  PushQueue(size_t limit, std::function<double()> random);

  void Add(TrafficUpdate update, Time now);

  // The oldest update, with its age as of now; nullopt before due() and while
  // an update is in flight.
  std::optional<TrafficUpdate> Take(Time now);
  // REQUIRES: an update is in flight.
  void Done(Outcome outcome, Time now);

  // When Take() returns the next update; nullopt while the queue is empty or an
  // update is in flight.
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
