#include "receivers.h"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <map>
#include <stdexcept>
#include <utility>

#include "alertmanager_outbox.h"
#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"
#include "ntm/base/unix_time.h"
#include "ntm/exposition/family.h"
#include "webhook_outbox.h"

namespace ntm::alerts {
namespace {

constexpr char kAlertsPath[] = "/api/v2/alerts";

// A receiver with its queue of messages.
struct Line {
  Receiver receiver;
  std::unique_ptr<Outbox> outbox;
  bool ends_by_itself = false;
};

std::string HostName() {
  std::array<char, 256> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

// A URL or template that was valid when the options were parsed may be invalid
// now, since it is read from a file.
template <typename Make>
auto OrError(const char* option, const Make& make) {
  try {
    return make();
  } catch (const std::invalid_argument& error) {
    throw Error(std::string(option) + ": " + error.what());
  }
}

// A token read from a file; refuses to be sent unencrypted over a network.
class Token {
 public:
  Token(const char* option, const std::string& file)
      : option_(option), text_(file.empty() ? "" : ReadToken(file, option)) {}

  const std::string& For(const HttpTarget& target) const {
    if (!text_.empty() && !MayCarryToken(target)) {
      throw Error(std::string(option_) + ": " + target.shown +
                  ": the token would cross the network unencrypted; use "
                  "https://");
    }
    return text_;
  }

 private:
  const char* option_;
  std::string text_;
};

std::vector<Line> LinesOf(const ReceiverSettings& settings) {
  std::vector<Line> lines;
  if (!settings.ca_file.empty() &&
      access(settings.ca_file.c_str(), R_OK) != 0) {
    throw Error("--alert-ca-file " + settings.ca_file +
                ": cannot be read; name a file with certificates in PEM");
  }
  const std::string instance = HostName();
  const Token alertmanager_token("--alertmanager-token-file",
                                 settings.alertmanager_token_file);
  const Token webhook_token("--alert-webhook-token-file",
                            settings.webhook_token_file);
  for (const std::string& url : settings.alertmanager_urls) {
    const HttpTarget target = OrError(
        "--alertmanager-url", [&url] { return AlertmanagerTarget(url); });
    lines.push_back({{target, "application/json", settings.ca_file,
                      alertmanager_token.For(target)},
                     std::make_unique<AlertmanagerOutbox>(instance),
                     true});
  }
  for (const std::string& url : settings.webhooks) {
    const HttpTarget target =
        OrError("--alert-webhook", [&url] { return WebhookTarget(url); });
    const MessageTemplate message = OrError(
        "--alert-webhook-template",
        [&settings] { return MessageTemplate(settings.message_template); });
    const char* type =
        message.is_json() ? "application/json" : "text/plain; charset=utf-8";
    lines.push_back(
        {{target, type, settings.ca_file, webhook_token.For(target)},
         std::make_unique<WebhookOutbox>(message, instance),
         false});
  }
  return lines;
}

Notice TestNotice() {
  Notice notice;
  notice.alert.began_ns = WallTimeNs();
  notice.alert.id = notice.alert.began_ns / 1'000'000;
  notice.alert.name = "TestAlert";
  notice.alert.severity = "info";
  notice.alert.message = "This is a test: alerts of ntm arrive here.";
  return notice;
}

bool SendOne(HttpPost* post, const HttpTarget& target, const char* what,
             const std::string& body, Outbox* outbox) {
  const PostResult result = post->Post(body);
  const Outbox::Outcome outcome = OutcomeOf(result);
  outbox->Done(outcome);
  const bool is_taken = outcome == Outbox::Outcome::kTaken;
  fmt::print("{}: {}: {} ({})\n", target.shown, what,
             is_taken ? "accepted" : "NOT accepted", TextOf(result));
  return is_taken;
}

}  // namespace

HttpTarget AlertmanagerTarget(const std::string& url) {
  return ParseHttpUrl(url, kAlertsPath);
}

HttpTarget WebhookTarget(const std::string& url_or_file) {
  if (!url_or_file.starts_with('@')) return ParseSecretUrl(url_or_file);
  const std::string path = url_or_file.substr(1);
  std::ifstream file(path);
  std::string url;
  if (!(file >> url)) {
    throw std::invalid_argument(path + " cannot be read, or is empty");
  }
  return ParseSecretUrl(url);
}

void CheckReceivers(ReceiverSettings settings) {
  for (std::string* file :
       {&settings.ca_file, &settings.alertmanager_token_file,
        &settings.webhook_token_file}) {
    if (!IsReadable(*file)) file->clear();
  }
  LinesOf(settings);
}

Receivers::Receivers(const ReceiverSettings& settings) {
  for (Line& line : LinesOf(settings)) {
    senders_.push_back(
        std::make_unique<Sender>(line.receiver, std::move(line.outbox)));
  }
}

void Receivers::Start() {
  for (const auto& sender : senders_) sender->Start();
}

void Receivers::Notify(const Notice& notice, bool is_news) {
  for (const auto& sender : senders_) sender->Notify(notice, is_news);
}

std::vector<prometheus::MetricFamily> Receivers::Families() const {
  if (senders_.empty()) return {};
  std::map<std::string, Sender::Counts> sums;  // by origin
  for (const auto& sender : senders_) {
    const Sender::Counts counts = sender->counts();
    Sender::Counts& sum = sums[sender->origin()];
    sum.sent += counts.sent;
    sum.failed += counts.failed;
    sum.dropped += counts.dropped;
  }
  auto sent = CounterFamily(
      "ntm_alert_messages_total",
      "Beginnings and ends of alerts that the receiver accepted.");
  auto failures = CounterFamily("ntm_alert_send_failures_total",
                                "Requests that failed or were rejected.");
  auto dropped = CounterFamily("ntm_alert_dropped_messages_total",
                               "Beginnings and ends of alerts that were "
                               "dropped: rejected, or too many.");
  for (const auto& [origin, sum] : sums) {
    const Labels labels = {{"receiver", origin}};
    AddSample(&sent, labels, static_cast<double>(sum.sent));
    AddSample(&failures, labels, static_cast<double>(sum.failed));
    AddSample(&dropped, labels, static_cast<double>(sum.dropped));
  }
  return {sent, failures, dropped};
}

bool SendTest(const ReceiverSettings& settings) {
  const std::vector<Line> lines = LinesOf(settings);
  if (lines.empty()) {
    throw Error(
        "no receiver is configured; set --alertmanager-url or --alert-webhook",
        kExitUsage);
  }
  bool all_taken = true;
  for (const Line& line : lines) {
    const HttpTarget& target = line.receiver.target;
    HttpPost post(target, line.receiver.token, line.receiver.ca_file,
                  line.receiver.content_type);
    Notice notice = TestNotice();
    for (const char* what : {"a test alert", "its end"}) {
      line.outbox->Add(notice, true);
      const std::string body = line.outbox->Take(0, notice.alert.began_ns);
      if (!SendOne(&post, target, what, body, line.outbox.get())) {
        all_taken = false;
        break;
      }
      if (line.ends_by_itself) break;
      notice.ended_ns = notice.alert.began_ns + 1'000'000;
    }
  }
  return all_taken;
}

}  // namespace ntm::alerts
