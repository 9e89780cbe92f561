// Alerts: evaluates rules over the reports of the other modules; shows alerts
// over HTTP and as metrics, stores them, and sends them to Alertmanagers and
// webhooks.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "alert_api.h"
#include "alert_book.h"
#include "alert_groups.h"
#include "alert_tables.h"
#include "evaluator.h"
#include "message.h"
#include "message_template.h"
#include "ntm/base/duration.h"
#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/exposition/family.h"
#include "ntm/module/command_line.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "readings.h"
#include "receivers.h"
#include "rule.h"

namespace ntm::alerts {
namespace {

// Throws std::invalid_argument for an invalid URL.
std::vector<std::string> TakeUrls(const std::vector<std::string>& words,
                                  HttpTarget (*parse)(const std::string&)) {
  std::vector<std::string> urls;
  for (const std::string& url : words) {
    if (url.empty()) continue;
    parse(url);
    urls.push_back(url);
  }
  return urls;
}

// The kind of alert of that name; nullptr if this version does not have it.
const Kind* FindKind(const std::string& name) {
  const auto found = std::ranges::find_if(
      AllKinds(), [&name](const Kind& kind) { return name == kind.name; });
  return found == AllKinds().end() ? nullptr : &*found;
}

class Alerts final : public Module, public CommandLine, public TableOwner {
 public:
  std::string_view name() const noexcept override { return "alerts"; }
  void AddOptions(OptionDeclarer& options) override;
  std::vector<Subcommand> Subcommands() override;
  void CheckOptions() const override {
    if (!is_off_) CheckReceivers(receiver_settings_);
  }
  void Open() override;
  void Start() override {
    if (receivers_ != nullptr) receivers_->Start();
  }
  void OnTick(const Tick& tick) override;
  void Stop() override { receivers_.reset(); }
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<Route> Routes() override;
  StoredTables* stored_tables() override {
    return is_off_ ? nullptr : &tables_;
  }

 private:
  void AddRuleOptions(OptionDeclarer& options);
  void AddReceiverOptions(OptionDeclarer& options);
  void TakeKept(std::vector<Notice> notices);
  void TakeOver();
  void Apply(const Change& change, int64_t time_ns);
  void NotifyResumed();
  HttpResponse Resolve(const HttpRequest& request);

  // Constant after Open().
  bool is_off_ = false;
  std::chrono::milliseconds check_interval_ = std::chrono::minutes(1);
  Rules rules_ = DefaultRules();
  ReceiverSettings receiver_settings_;
  std::unique_ptr<Receivers> receivers_;

  AlertBook book_;
  AlertTables tables_{&book_, [this](std::vector<Notice> notices) {
                        TakeKept(std::move(notices));
                      }};

  // Main thread only.
  std::unique_ptr<Evaluator> evaluator_;
  Readings readings_;
  AlertGroups groups_;
  int64_t clock_ns_ = 0;         // sum of the ticks' elapsed times
  std::vector<Notice> resumed_;  // from before a restart, not sent yet

  // Handed over by other threads for the next tick.
  std::mutex mutex_;
  std::vector<Notice> kept_;      // guarded by mutex_
  std::vector<Notice> silenced_;  // guarded by mutex_
};

void Alerts::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("alerts", "rules, Alertmanager, webhooks");
  options.AddFlag("--no-alerts", is_off_, "Check no rules and send no alerts");
  AddReceiverOptions(options);
  AddRuleOptions(options);
}

void Alerts::AddReceiverOptions(OptionDeclarer& options) {
  options.AddList(
      "--alertmanager-url",
      [this](const std::vector<std::string>& words) {
        receiver_settings_.alertmanager_urls =
            TakeUrls(words, AlertmanagerTarget);
      },
      "URL",
      "Alertmanager to send alerts to, http://HOST:9093; may be repeated or be "
      "a list with commas");
  options.AddRepeated(
      "--alert-webhook",
      [this](const std::vector<std::string>& words) {
        receiver_settings_.webhooks = TakeUrls(words, WebhookTarget);
      },
      "URL",
      "URL to POST to when an alert begins and when it ends; @FILE: the URL is "
      "in that file. May be repeated");
  options.AddWord(
      "--alert-webhook-template",
      [this](const std::string& text) {
        receiver_settings_.message_template = text;
        MessageTemplate{text};  // throws if it is invalid
      },
      "TEXT",
      "Body of the requests to webhooks, with placeholders such as {{title}} "
      "and {{message}}; @FILE: the template is in that file. Without it: a "
      "JSON object");
  options.AddText(
      "--alertmanager-token-file", receiver_settings_.alertmanager_token_file,
      "FILE", "File with the bearer token for Alertmanager, on its only line");
  options.AddText(
      "--alert-webhook-token-file", receiver_settings_.webhook_token_file,
      "FILE", "File with the bearer token for all webhooks, on its only line");
  options.AddText("--alert-ca-file", receiver_settings_.ca_file, "FILE",
                  "CA certificates (PEM) to trust instead of the system's");
}

void Alerts::AddRuleOptions(OptionDeclarer& options) {
  options
      .AddWord("--alerts.check-interval", check_interval_,
               DurationFrom(std::chrono::seconds(1), std::chrono::hours(1)),
               "DURATION",
               "Time over which rates are averaged before they are compared "
               "with the rules, 1s to 1h. A RULE is off, or any of these: a "
               "threshold, for TIME, recovery THRESHOLD, cool-down TIME, a "
               "severity (info, warning, critical)")
      .DefaultText("60s");
  for (const Kind& kind : AllKinds()) {
    options
        .AddWord(
            std::string("--alerts.") + kind.option,
            rules_[static_cast<size_t>(kind.id)],
            [&kind](const std::string& text) { return ParseRule(kind, text); },
            "RULE", std::string(kind.name) + ": " + kind.what)
        .DefaultText(ToText(kind, kind.rule));
  }
}

std::vector<Subcommand> Alerts::Subcommands() {
  return {{"alert",
           "test",
           "Send a test alert to every receiver",
           "Sends a test alert to all receivers, those of --alertmanager-url "
           "and of --alert-webhook, and prints their answers.",
           {},
           [](std::vector<std::string>* words) {
             const bool wants_help =
                 !words->empty() && words->front().starts_with('-');
             if (wants_help) return;
             if (words->empty() || words->front() != "test") {
               throw Error("ntm alert: expected 'test'; see ntm alert --help",
                           kExitUsage);
             }
             words->erase(words->begin());
           },
           [this] { return SendTest(receiver_settings_) ? 0 : kExitFailure; }}};
}

void Alerts::Open() {
  if (is_off_) return;
  evaluator_ = std::make_unique<Evaluator>(rules_, check_interval_);
  receivers_ = std::make_unique<Receivers>(receiver_settings_);
}

// Called on the database's thread.
void Alerts::TakeKept(std::vector<Notice> notices) {
  const auto resumed = book_.Add(
      std::move(notices),
      [this](const Notice& notice) {
        const Kind* kind = FindKind(notice.alert.name);
        return kind != nullptr &&
               rules_[static_cast<size_t>(kind->id)].enabled &&
               !IsGroup(kind->id, notice.alert.subject);
      },
      WallTimeNs());
  const std::scoped_lock lock(mutex_);
  kept_.insert(kept_.end(), resumed.begin(), resumed.end());
}

// Applies what other threads have handed over since the last tick.
void Alerts::TakeOver() {
  std::vector<Notice> kept;
  std::vector<Notice> silenced;
  {
    const std::scoped_lock lock(mutex_);
    kept.swap(kept_);
    silenced.swap(silenced_);
  }
  for (const Notice& notice : kept) {
    evaluator_->Resume(FindKind(notice.alert.name)->id, notice.alert.subject,
                       clock_ns_);
    resumed_.push_back(notice);
  }
  for (const Notice& notice : silenced) {
    if (const Kind* kind = FindKind(notice.alert.name)) {
      evaluator_->Silence(kind->id, notice.alert.subject);
    }
    std::erase_if(resumed_, [&notice](const Notice& other) {
      return other.alert.id == notice.alert.id;
    });
  }
}

void Alerts::OnTick(const Tick& tick) {
  if (is_off_) return;
  clock_ns_ += tick.elapsed.count();
  TakeOver();
  for (Change& change : evaluator_->Step(clock_ns_, readings_.Read(tick))) {
    const size_t open = book_.CountOpen(KindOf(change.kind).name);
    if (const auto told = groups_.Take(std::move(change), open)) {
      Apply(*told, tick.time_ns);
    }
  }
  NotifyResumed();
  auto report = std::make_shared<AlertReport>();
  report->time_ns = tick.time_ns;
  for (const Notice& notice : book_.Open()) {
    report->active.push_back(notice.alert);
  }
  tick.new_reports->alerts = std::move(report);
}

void Alerts::Apply(const Change& change, int64_t time_ns) {
  const Kind& kind = KindOf(change.kind);
  const Rule& rule = rules_[static_cast<size_t>(change.kind)];
  if (change.what == Change::What::kBegan) {
    Notice notice;
    notice.alert.name = kind.name;
    notice.alert.severity = NameOf(rule.severity);
    notice.alert.subject = change.subject;
    notice.alert.message = MessageOf(change);
    notice.alert.began_ns = time_ns;
    notice.subject_kind = SubjectKindOf(change.kind);
    notice = book_.Begin(std::move(notice));
    spdlog::warn("alert {}, {}: {}", TitleOf(notice), notice.alert.severity,
                 notice.alert.message);
    receivers_->Notify(notice, true);
    return;
  }
  const auto ended = book_.End(kind.name, change.subject, time_ns);
  if (!ended) return;
  std::erase_if(resumed_, [&ended](const Notice& other) {
    return other.alert.id == ended->alert.id;
  });
  spdlog::info("alert {} has ended{}", TitleOf(*ended),
               change.what == Change::What::kWentQuiet
                   ? ": it has no readings any more"
                   : "");
  receivers_->Notify(*ended, true);
}

// Sends alerts from before a restart once a reading has confirmed that their
// subject still exists.
void Alerts::NotifyResumed() {
  std::erase_if(resumed_, [this](const Notice& notice) {
    const Kind* kind = FindKind(notice.alert.name);
    if (!evaluator_->IsConfirmed(kind->id, notice.alert.subject)) return false;
    receivers_->Notify(notice, false);
    return true;
  });
}

std::vector<prometheus::MetricFamily> Alerts::Collect() const {
  if (is_off_) return {};
  std::map<std::pair<std::string, std::string>, int> open;
  for (size_t i = 0; i < kKindCount; ++i) {
    if (!rules_[i].enabled) continue;
    open[{AllKinds()[i].name, NameOf(rules_[i].severity)}] = 0;
  }
  for (const Notice& notice : book_.Open()) {
    ++open[{notice.alert.name, notice.alert.severity}];
  }
  auto active = GaugeFamily("ntm_alerts_active", "Open alerts.");
  for (const auto& [labels, count] : open) {
    AddSample(&active, {{"alert", labels.first}, {"severity", labels.second}},
              count);
  }
  std::vector<prometheus::MetricFamily> families = {active};
  for (auto& family : receivers_->Families()) {
    families.push_back(std::move(family));
  }
  return families;
}

std::vector<Route> Alerts::Routes() {
  if (is_off_) return {};
  return {{"GET", "/api/alerts", "alerts: ?unresolved=true&limit=50, as JSON",
           [this](const HttpRequest& r) { return ListAlerts(book_, r); }},
          {"POST", "/api/alerts/{id}/resolve", "",
           [this](const HttpRequest& r) { return Resolve(r); }}};
}

HttpResponse Alerts::Resolve(const HttpRequest& request) {
  return ResolveAlert(
      &book_, request, WallTimeNs(), [this](const Notice& notice) {
        spdlog::info("alert {} was ended by hand", TitleOf(notice));
        receivers_->Notify(notice, true);
        const std::scoped_lock lock(mutex_);
        silenced_.push_back(notice);
      });
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Alerts>(); }

}  // namespace ntm::alerts
