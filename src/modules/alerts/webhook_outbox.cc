#include "webhook_outbox.h"

#include <utility>

namespace ntm::alerts {

WebhookOutbox::WebhookOutbox(MessageTemplate message, std::string instance)
    : message_(std::move(message)), instance_(std::move(instance)) {}

void WebhookOutbox::Add(const Notice& notice, bool is_news) {
  if (!is_news) return;
  waiting_.push_back(notice);
  if (waiting_.size() <= kMostMessages) return;
  ++dropped_;
  waiting_.erase(waiting_.begin() + (first_is_under_way_ ? 1 : 0));
}

std::optional<int64_t> WebhookOutbox::due_ns() const {
  if (waiting_.empty()) return std::nullopt;
  return 0;
}

std::string WebhookOutbox::Take(int64_t /*now_ns*/, int64_t /*wall_ns*/) {
  first_is_under_way_ = true;
  return message_.Render(waiting_.front(), instance_);
}

void WebhookOutbox::Done(Outcome outcome) {
  first_is_under_way_ = false;
  if (outcome == Outcome::kFailed) return;
  waiting_.pop_front();
  ++(outcome == Outcome::kTaken ? sent_ : dropped_);
}

}  // namespace ntm::alerts
