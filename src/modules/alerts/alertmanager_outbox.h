// The messages for an Alertmanager: all open alerts, repeated every minute, and
// each ended alert once.
//
// Shape    one request has all alerts. The endsAt of an open alert is three
//          minutes ahead, so that Alertmanager ends it if ntm stops. A new
//          alert replaces one of the same name and subject, which are the same
//          alert for Alertmanager. At most kMostAlerts alerts.
// Source   Alertmanager's API v2, POST /api/v2/alerts (openapi.yaml).
#pragma once

#include <map>
#include <string>

#include "outbox.h"

namespace ntm::alerts {

class AlertmanagerOutbox final : public Outbox {
 public:
  static constexpr int64_t kRepeatNs = 60'000'000'000;
  static constexpr int64_t kLastsNs = 180'000'000'000;
  static constexpr size_t kMostAlerts = 1000;

  // `instance` is the value of the label "instance": the host name.
  explicit AlertmanagerOutbox(std::string instance);

  void Add(const Notice& notice, bool is_news) override;
  std::optional<int64_t> due_ns() const override;
  std::string Take(int64_t now_ns, int64_t wall_ns) override;
  void Done(Outcome outcome) override;

 private:
  struct Entry {
    Notice notice;
    bool is_told = false;  // its present state was sent
    bool is_under_way = false;
  };

  std::string instance_;
  std::map<std::string, Entry> entries_;  // by name and subject
  int64_t repeat_at_ns_ = 0;
  bool has_news_ = false;
};

// "2026-11-21T06:18:36.123Z".
std::string MillisecondText(int64_t time_ns);

}  // namespace ntm::alerts
