// Who is told of alerts: Alertmanagers and webhooks.
//
// Threads  Notify() and Families() from any.
// Errors   the constructor throws ntm::Error. Telling never waits and never
//          fails.
#pragma once

#include <prometheus/metric_family.h>

#include <memory>
#include <string>
#include <vector>

#include "sender.h"

namespace ntm::alerts {

struct ReceiverSettings {
  std::vector<std::string> alertmanager_urls;
  std::vector<std::string> webhooks;  // URLs, or @FILE with one in it
  std::string message_template;       // as MessageTemplate takes it
  std::string ca_file;                // "": the system's
  // Files with a bearer token for all of the one or the other; "": none.
  std::string alertmanager_token_file;
  std::string webhook_token_file;
};

// Where to reach each; throws std::invalid_argument.
HttpTarget AlertmanagerTarget(const std::string& url);
HttpTarget WebhookTarget(const std::string& url_or_file);

// Throws what the constructor of Receivers would of its settings, and of those
// of their files that can be read.
void CheckReceivers(ReceiverSettings settings);

class Receivers {
 public:
  explicit Receivers(const ReceiverSettings& settings);
  void Start();

  void Notify(const Notice& notice, bool is_news);
  std::vector<prometheus::MetricFamily> Families() const;

 private:
  std::vector<std::unique_ptr<Sender>> senders_;
};

// Sends each of them a test alert, waits for the answers and prints them; the
// alert's end as well, but to Alertmanager, which might then tell nobody and
// ends it by itself. Returns true iff all of them took all.
bool SendTest(const ReceiverSettings& settings);

}  // namespace ntm::alerts
