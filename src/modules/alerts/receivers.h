// The receivers of alerts: Alertmanagers and webhooks.
//
// Threads  Notify() and Families() from any.
// Errors   the constructor throws ntm::Error. Notify() never waits and never
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
  std::string message_template;       // see MessageTemplate
  std::string ca_file;                // "": the system's
  // Files with the bearer token for all Alertmanagers or webhooks; "": none.
  std::string alertmanager_token_file;
  std::string webhook_token_file;
};

// Parse the URLs of receivers; throw std::invalid_argument.
HttpTarget AlertmanagerTarget(const std::string& url);
HttpTarget WebhookTarget(const std::string& url_or_file);

// Throws what the constructor of Receivers would throw for these settings;
// files that this user cannot read are not checked.
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

// Sends a test alert and its end to each receiver and prints the answers.
// Alertmanager gets no end: it might then notify nobody, and it ends the alert
// by itself. Returns true iff everything was accepted.
bool SendTest(const ReceiverSettings& settings);

}  // namespace ntm::alerts
