#include "push_queue.h"

#include <algorithm>
#include <cassert>
#include <utility>

namespace ntm::agents {

PushQueue::PushQueue(size_t limit, std::function<double()> random)
    : limit_(limit), random_(std::move(random)) {}

void PushQueue::Add(TrafficUpdate update, Time now) {
  waiting_.push_back({std::move(update), now});
  DropBeyondLimit();
}

void PushQueue::DropBeyondLimit() {
  while (waiting_.size() > limit_) {
    waiting_.pop_front();
    ++dropped_;
  }
}

std::optional<PushQueue::Time> PushQueue::due() const {
  if (under_way_ || waiting_.empty()) return std::nullopt;
  return not_before_;
}

std::optional<TrafficUpdate> PushQueue::Take(Time now) {
  const auto when = due();
  if (!when || now < *when) return std::nullopt;
  under_way_ = std::move(waiting_.front());
  waiting_.pop_front();
  TrafficUpdate update = under_way_->update;
  update.origin.age_seconds =
      std::chrono::duration<double>(now - under_way_->made).count();
  return update;
}

void PushQueue::Done(Outcome outcome, Time now) {
  assert(under_way_);
  if (outcome == Outcome::kFailed) {
    waiting_.push_front(std::move(*under_way_));
    DropBeyondLimit();
    not_before_ = now + Pause();
  } else {
    ++(outcome == Outcome::kTaken ? taken_ : rejected_);
    pause_ = kFirstPause;
  }
  under_way_.reset();
}

PushQueue::Time PushQueue::Pause() {
  const std::chrono::duration<double> longest = pause_;
  pause_ = std::min(2 * pause_, kLongestPause);
  return std::chrono::duration_cast<Time>(longest * (1 - random_() / 2));
}

}  // namespace ntm::agents
