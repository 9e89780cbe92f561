#include "sender.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "ntm/base/thread_work.h"
#include "ntm/base/unix_time.h"

namespace ntm::alerts {
namespace {

using std::chrono::nanoseconds;

constexpr int kHundred = 100;

int64_t NowNs() {
  return nanoseconds(std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

Outbox::Outcome OutcomeOf(const PostResult& result) {
  if (result.kind != PostResult::Kind::kAnswered) {
    return Outbox::Outcome::kFailed;
  }
  constexpr int kTimeout = 408;
  constexpr int kTooMany = 429;
  if (result.status == kTimeout || result.status == kTooMany) {
    return Outbox::Outcome::kFailed;
  }
  switch (result.status / kHundred) {
    case 2:
      return Outbox::Outcome::kTaken;
    case 5:
      return Outbox::Outcome::kFailed;
    default:
      return Outbox::Outcome::kRejected;
  }
}

std::string TextOf(const PostResult& result) {
  return result.kind == PostResult::Kind::kAnswered
             ? std::to_string(result.status)
             : result.what;
}

Sender::Sender(const Receiver& receiver, std::unique_ptr<Outbox> outbox)
    : target_(receiver.target),
      post_(receiver.target, receiver.token, receiver.ca_file,
            receiver.content_type),
      outbox_(std::move(outbox)) {}

void Sender::Start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-alert", stop, [&] { Run(stop); });
  });
}

Sender::~Sender() {
  thread_.request_stop();
  post_.Stop();
  if (thread_.joinable()) thread_.join();
}

void Sender::Notify(const Notice& notice, bool is_news) {
  const std::scoped_lock lock(mutex_);
  outbox_->Add(notice, is_news);
  ++additions_;
  changed_.notify_one();
}

Sender::Counts Sender::counts() const {
  const std::scoped_lock lock(mutex_);
  return {outbox_->sent(), failed_, outbox_->dropped()};
}

void Sender::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    const auto due = outbox_->due_ns();
    if (!due) {
      changed_.wait(lock, stop,
                    [this] { return outbox_->due_ns().has_value(); });
      continue;
    }
    const int64_t now = NowNs();
    const int64_t at = std::max(*due, not_before_ns_);
    if (at > now) {
      const uint64_t additions = additions_;
      changed_.wait_for(lock, stop, nanoseconds(at - now),
                        [&] { return additions_ != additions; });
      continue;
    }
    const std::string body = outbox_->Take(now, WallTimeNs());
    lock.unlock();
    Send(body);
    lock.lock();
  }
}

void Sender::Send(const std::string& body) {
  const PostResult result = post_.Post(body);
  if (result.kind == PostResult::Kind::kStopped) return;
  const Outbox::Outcome outcome = OutcomeOf(result);
  {
    const std::scoped_lock lock(mutex_);
    outbox_->Done(outcome);
    if (outcome == Outbox::Outcome::kTaken) {
      pause_ = std::chrono::seconds(1);
      not_before_ns_ = 0;
    } else {
      ++failed_;
      not_before_ns_ = NowNs() + pause_.count();
      pause_ = std::min<nanoseconds>(2 * pause_, kLongestPause);
    }
  }
  Note(result, outcome);
}

void Sender::Note(const PostResult& result, Outbox::Outcome outcome) {
  const std::string text = TextOf(result);
  if (text == told_) return;
  told_ = text;
  switch (outcome) {
    case Outbox::Outcome::kTaken:
      spdlog::info("alerts: {} accepts alerts", target_.shown);
      break;
    case Outbox::Outcome::kRejected:
      spdlog::error("alerts: {} rejects an alert with {}, it is not sent again",
                    target_.shown, text);
      break;
    case Outbox::Outcome::kFailed:
      spdlog::warn("alerts: {} cannot be reached: {}; alerts stay queued",
                   target_.shown, text);
      break;
  }
}

}  // namespace ntm::alerts
