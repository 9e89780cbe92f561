// The messages for a webhook: each alert once when it begins and once when it
// ends, in that order.
//
// Shape    at most kMostMessages; beyond it the oldest is dropped.
#pragma once

#include <deque>
#include <string>

#include "message_template.h"
#include "outbox.h"

namespace ntm::alerts {

class WebhookOutbox final : public Outbox {
 public:
  static constexpr size_t kMostMessages = 1000;

  WebhookOutbox(MessageTemplate message, std::string instance);

  void Add(const Notice& notice, bool is_news) override;
  std::optional<int64_t> due_ns() const override;
  std::string Take(int64_t now_ns, int64_t wall_ns) override;
  void Done(Outcome outcome) override;

 private:
  MessageTemplate message_;
  std::string instance_;
  std::deque<Notice> waiting_;
  bool first_is_under_way_ = false;
};

}  // namespace ntm::alerts
