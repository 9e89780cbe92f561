// Quality of service: rules for the classes of traffic, the bandwidth allocated
// to each class, and statistics of the kernel's queues.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "answers.h"
#include "class_meter.h"
#include "enforcer.h"
#include "ntm/base/error.h"
#include "ntm/module/command_line.h"
#include "ntm/module/module.h"
#include "ntm/module/needed_rights.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "qos_families.h"
#include "queue_families.h"
#include "queue_reader.h"
#include "rule_book.h"
#include "share_out.h"
#include "subcommands.h"

namespace ntm::qos {
namespace {

// Used while the link's capacity is unknown.
constexpr double kAssumedBytesPerSecond = 125e6;
// The interfaces module reports the capacity in the second tick.
constexpr int kTicksToLearn = 5;

class Qos final : public Module,
                  public CommandLine,
                  public NeededRights,
                  public TableOwner {
 public:
  std::string_view name() const noexcept override { return "qos"; }
  void AddOptions(OptionDeclarer& options) override;
  std::vector<Subcommand> Subcommands() override { return {QosSubcommand()}; }
  StoredTables* stored_tables() override { return &book_; }
  bool needs_net_admin() const noexcept override {
    return enforce_ && !dry_run_;
  }
  bool writes_need_token() const noexcept override { return enforce_; }
  void Open() override;
  void Stop() override { enforcer_.reset(); }
  void OnTick(const Tick& tick) override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<Route> Routes() override;

 private:
  void AddEnforcementOptions(OptionDeclarer& options);
  // `queues` is null if they could not be read.
  void Measure(const Tick& tick, const std::vector<Queue>* queues);
  void Enforce(const Tick& tick, const std::vector<Queue>* queues,
               QosReport* report);
  std::string InterfaceOf(const Snapshot& snapshot) const;
  std::string ClassOf(const Queue& queue) const;
  double TotalMbit() const;
  std::map<std::string, double> ExpectedMbit() const;

  RuleBook book_;

  // Constant after Open().
  Rules fixed_;
  std::string interface_;  // "": the first captured interface
  bool enforce_ = false;
  bool replace_ = false;
  bool ingress_ = false;
  bool dry_run_ = false;

  // Main thread only.
  std::unique_ptr<QueueReader> reader_;
  ClassMeter meter_;
  int ticks_ = 0;
  bool total_is_known_ = false;
  std::unique_ptr<Enforcer> enforcer_;  // with --qos-enforce
  PrintedQueues printed_;

  mutable std::mutex mutex_;
  std::shared_ptr<const QosReport> report_;  // nullptr before the first tick
  std::vector<Queue> queues_;
  std::shared_ptr<const TrafficClasses> classes_;
};

void Qos::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("qos", "bandwidth rules for classes, queues, DSCP");
  options.AddList(
      "--qos-rule",
      [this](const std::vector<std::string>& texts) {
        fixed_.clear();
        for (const std::string& text : texts) {
          const auto [name, rule] = ParseRule(text);
          fixed_[name] = rule;
        }
      },
      "RULE",
      "Rule for a traffic class: NAME=MIN/MAX/PRIORITY/DSCP, with bandwidths "
      "in Mbit/s and a priority from 0 to 3; may be repeated or be a list with "
      "commas");
  options.AddText("--qos-interface", interface_, "NAME",
                  "Interface whose bandwidth (--max-bandwidth) is shared among "
                  "the classes; without it: the first that is captured");
  AddEnforcementOptions(options);
}

void Qos::AddEnforcementOptions(OptionDeclarer& options) {
  options.AddFlag("--qos-enforce", enforce_,
                  "Apply the rules in the kernel: outgoing queues for the "
                  "classes (HTB), and their DSCP in the packets (nftables). "
                  "Needs CAP_NET_ADMIN. Both are removed when ntm exits");
  options.AddFlag("--qos-replace", replace_,
                  "With --qos-enforce: replace a queue that another program "
                  "has set up; it is not restored");
  options.AddFlag("--qos-ingress", ingress_,
                  "With --qos-enforce: shape incoming traffic as well, through "
                  "an IFB device");
  options.AddFlag("--qos-dry-run", dry_run_,
                  "Print the tc(8) and nft(8) commands for what --qos-enforce "
                  "would do, and change nothing");
}

void Qos::Open() {
  book_.SetFixed(fixed_);
  try {
    reader_ = std::make_unique<QueueReader>();
  } catch (const Error&) {
    // The first tick retries and reports it; everything else works without.
  }
  if (enforce_ && !dry_run_)
    enforcer_ = std::make_unique<Enforcer>(replace_, ingress_);
}

std::string Qos::InterfaceOf(const Snapshot& snapshot) const {
  if (!interface_.empty()) return interface_;
  return snapshot.captures.empty() ? "" : snapshot.captures.front().interface;
}

void Qos::OnTick(const Tick& tick) {
  std::optional<std::vector<Queue>> queues;
  std::optional<Error> fault;
  // Not needed without a capture, as with --once.
  if (!tick.snapshot->captures.empty()) {
    try {
      if (reader_ == nullptr) reader_ = std::make_unique<QueueReader>();
      queues = reader_->Read();
    } catch (const Error& error) {
      fault = error;
    }
  }
  Measure(tick, queues ? &*queues : nullptr);
  if (fault) throw Error(*fault);
  if (!queues) return;
  const std::scoped_lock lock(mutex_);
  queues_ = std::move(*queues);
}

void Qos::Measure(const Tick& tick, const std::vector<Queue>* queues) {
  const Snapshot& snapshot = *tick.snapshot;
  Link link{InterfaceOf(snapshot), kAssumedBytesPerSecond};
  ++ticks_;
  if (link.interface.empty() || snapshot.traffic_classes == nullptr) return;
  if (tick.reports.interfaces != nullptr) {
    const auto& all = tick.reports.interfaces->interfaces;
    const auto found =
        std::ranges::find(all, link.interface, &InterfaceSample::name);
    if (found != all.end() && found->max_bytes_per_second > 0) {
      total_is_known_ = true;
      link.total_bytes_per_second = found->max_bytes_per_second;
    }
  }
  const auto capture = std::ranges::find(snapshot.captures, link.interface,
                                         &CaptureCounters::interface);
  if (capture != snapshot.captures.end()) {
    meter_.Add(capture->classes, tick.time_ns);
  }
  auto report = std::make_shared<QosReport>(
      ShareOut(link, book_.All(), *snapshot.traffic_classes, meter_,
               tick.reports.forecast.get(), tick.time_ns));
  if (total_is_known_ || ticks_ > kTicksToLearn) {
    Enforce(tick, queues, report.get());
  }
  tick.new_reports->qos = report;
  const std::scoped_lock lock(mutex_);
  report_ = std::move(report);
  classes_ = snapshot.traffic_classes;
}

void Qos::Enforce(const Tick& tick, const std::vector<Queue>* queues,
                  QosReport* report) {
  const TrafficClasses& classes = *tick.snapshot->traffic_classes;
  if (dry_run_) {
    const std::string commands =
        printed_.Commands(*report, classes, tick.elapsed);
    std::fputs(commands.c_str(), stdout);
    std::fflush(stdout);
  }
  if (enforcer_ == nullptr) return;
  if (queues != nullptr) {
    enforcer_->OnTick(*report, classes, *queues, tick.elapsed);
  }
  report->enforced = enforcer_->enforced();
  report->marked = enforcer_->marked();
}

std::vector<prometheus::MetricFamily> Qos::Collect() const {
  std::shared_ptr<const QosReport> report;
  std::vector<Queue> queues;
  {
    const std::scoped_lock lock(mutex_);
    report = report_;
    queues = queues_;
  }
  auto families = QueueFamilies(
      queues, [this](const Queue& queue) { return ClassOf(queue); });
  if (report != nullptr) {
    for (auto& family : QosFamilies(*report)) {
      families.push_back(std::move(family));
    }
  }
  return families;
}

// The class of traffic of one of ntm's queues; "" for other queues.
std::string Qos::ClassOf(const Queue& queue) const {
  const ClassId id = ClassOfMinor(static_cast<uint16_t>(queue.handle));
  const std::scoped_lock lock(mutex_);
  if (queue.handle >> 16 != kMajor || classes_ == nullptr || id == kNoClass ||
      id >= classes_->count()) {
    return "";
  }
  return std::string(classes_->Name(id));
}

double Qos::TotalMbit() const {
  const std::scoped_lock lock(mutex_);
  return report_ ? report_->total_bytes_per_second / kBytesPerMbit : 0;
}

std::map<std::string, double> Qos::ExpectedMbit() const {
  std::map<std::string, double> expected;
  const std::scoped_lock lock(mutex_);
  if (report_ == nullptr) return expected;
  for (const ClassShare& share : report_->classes) {
    expected[share.name] = share.demand_bytes_per_second / kBytesPerMbit;
  }
  return expected;
}

std::vector<Route> Qos::Routes() {
  return {{"GET", "/qos/rules", "QoS rules of the classes, as JSON",
           [this](const HttpRequest&) { return AnswerRules(book_.All()); }},
          {"POST", "/qos/rule", "",
           [this](const HttpRequest& r) {
             return AnswerSetRule(r, TotalMbit(), &book_);
           }},
          {"POST", "/qos/apply", "",
           [this](const HttpRequest& r) { return AnswerApply(r, book_.All()); },
           Access::kCompute},
          {"POST", "/allocate", "",
           [this](const HttpRequest& r) {
             return AnswerAllocate(r, book_.All(), ExpectedMbit());
           },
           Access::kCompute}};
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Qos>(); }

}  // namespace ntm::qos
