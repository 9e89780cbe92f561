// Measures the traffic of the machine's interfaces from the kernel's counters,
// whether they are captured or not, and the traffic of the site: down to local
// hosts and up from them.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "bandwidth.h"
#include "interface_cycles.h"
#include "interface_families.h"
#include "interface_json.h"
#include "interface_ledger.h"
#include "interface_selection.h"
#include "link_reader.h"
#include "ntm/http/json.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/other_runs.h"
#include "ntm/net/address.h"
#include "ntm/net/anonymizer.h"
#include "site_boundary.h"
#include "site_meter.h"

namespace ntm::interfaces {
namespace {

using ReportPtr = std::shared_ptr<const InterfaceReport>;

struct Settings {
  std::vector<std::string> names;
  std::vector<std::string> excluded = {"^lo$", "^docker"};
  uint64_t max_bits_per_second = 0;  // 0: the speed of the link
  std::vector<std::string> wan_names;
  uint32_t interval_seconds = 60;
  RowOptions rows;
};

// --anonymize also applies to the machine's own addresses.
void Hide(const Anonymizer& anonymizer, InterfaceSample* sample) {
  if (!sample->mac.empty()) sample->mac = "mac";
  for (std::string& text : sample->addresses) {
    const size_t slash = text.find('/');
    const auto address = ParseAddress(text.substr(0, slash));
    text = address ? ToString(anonymizer.Alias(*address)) + text.substr(slash)
                   : std::string();
  }
}

class Interfaces final : public Module, public OtherRuns {
 public:
  std::string_view name() const noexcept override { return "interfaces"; }
  bool runs_once() const noexcept override { return true; }
  void AddOptions(OptionDeclarer& options) override;
  void Open() override;
  void OnTick(const Tick& tick) override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<Route> Routes() override;

 private:
  void AddRowOptions(OptionDeclarer& options);
  void ReportSite(const std::vector<LinkReading>& links,
                  const Snapshot& snapshot, InterfaceReport* report);
  void WarnOfMissing(const std::vector<LinkReading>& links);
  ReportPtr Report() const;
  HttpResponse ServeInterfaces() const;
  HttpResponse ServeCurrent(const HttpRequest& request) const;

  Settings settings_;  // constant after Open()

  // Main thread only.
  std::unique_ptr<LinkReader> reader_;
  std::optional<InterfaceCycles> cycles_;
  std::optional<SiteMeter> site_;
  std::chrono::nanoseconds since_reading_{};
  std::set<std::string> warned_of_;

  mutable std::mutex mutex_;
  std::optional<InterfaceLedger> ledger_;
  ReportPtr report_;  // nullptr before the first tick
};

void Interfaces::AddOptions(OptionDeclarer& options) {
  options
      .AddList("--interfaces", settings_.names, "NAME…",
               "Interfaces to report the counters of: all words up to the next "
               "option, or a list with commas. Without it: all that are not "
               "excluded")
      .WithFollowingWords();
  options
      .AddRepeated(
          "--exclude-interfaces",
          [this](const std::vector<std::string>& words) {
            settings_.excluded = SplitPatterns(words);
            const InterfaceSelection refuses_what_is_none({},
                                                          settings_.excluded);
          },
          "REGEX",
          "Interfaces to leave out: a regular expression that matches any part "
          "of the name; may be repeated or be a list with commas. An empty one "
          "clears the list")
      .DefaultText("[^lo$,^docker]");
  options.AddWord("--max-bandwidth", settings_.max_bits_per_second,
                  ParseBandwidth, "BANDWIDTH",
                  "Capacity of an interface in one direction, in bits per "
                  "second: 100M, 2.5G. Without it: the speed of the link, or "
                  "1G where that is virtual or unknown");
  options.AddList("--wan-interface", settings_.wan_names, "NAME",
                  "Interface that leads to the Internet: what it receives is "
                  "download; may be repeated or be a list with commas. Without "
                  "it: those of the default routes");
  AddRowOptions(options);
}

void Interfaces::AddRowOptions(OptionDeclarer& options) {
  constexpr int kLongestSeconds = 86400;
  options
      .AddNumber("--interval", settings_.interval_seconds, "SECONDS",
                 "Time between two rows in the database, and between two "
                 "reports of --report")
      .Within(1, kLongestSeconds);
  const auto add = [&options](const char* flag, bool* value, const char* help) {
    options.AddFlag(flag, *value, help).DefaultText("true");
  };
  add("--track-per-interface,!--no-track-per-interface",
      &settings_.rows.track_per_interface, "Store a row for each interface");
  add("--track-total,!--no-track-total", &settings_.rows.track_total,
      "Store a row for the sum of the interfaces");
  add("--calculate-rates,!--no-calculate-rates",
      &settings_.rows.calculate_rates, "Store the rates in the rows");
  add("--store-raw-counts,!--no-store-raw-counts",
      &settings_.rows.store_raw_counts,
      "Store the counters in the rows; without it they are 0");
}

void Interfaces::Open() {
  cycles_.emplace(std::chrono::seconds(settings_.interval_seconds),
                  settings_.rows);
  ledger_.emplace(InterfaceSelection(settings_.names, settings_.excluded),
                  settings_.max_bits_per_second);
  site_.emplace(settings_.max_bits_per_second);
  reader_ = std::make_unique<LinkReader>();
}

void Interfaces::OnTick(const Tick& tick) {
  since_reading_ += tick.elapsed;
  const std::vector<LinkReading> links = reader_->Read();
  WarnOfMissing(links);
  auto report = std::make_shared<InterfaceReport>();
  {
    const std::scoped_lock lock(mutex_);
    *report = ledger_->Take(links, tick.time_ns, since_reading_);
  }
  ReportSite(links, *tick.snapshot, report.get());
  if (tick.snapshot->anonymizer != nullptr) {
    for (InterfaceSample& sample : report->interfaces) {
      Hide(*tick.snapshot->anonymizer, &sample);
    }
  }
  tick.new_reports->cycle = cycles_->Take(*report, since_reading_);
  if (tick.new_reports->cycle != nullptr) {
    spdlog::debug("end of a cycle: {} of {} interfaces are monitored",
                  report->interfaces.size(), links.size());
  }
  tick.new_reports->interfaces = report;
  since_reading_ = {};
  const std::scoped_lock lock(mutex_);
  report_ = std::move(report);
}

// Sets the site's traffic, and for each interface which direction is down.
void Interfaces::ReportSite(const std::vector<LinkReading>& links,
                            const Snapshot& snapshot, InterfaceReport* report) {
  static const LocalNetworks kUsual;
  const Machine machine(
      links, reader_->routing(), settings_.wan_names,
      snapshot.local_networks != nullptr ? *snapshot.local_networks : kUsual,
      reader_->knows_addresses());
  for (InterfaceSample& sample : report->interfaces) {
    const auto link = std::ranges::find(links, sample.name, &LinkReading::name);
    if (link != links.end()) sample.sense = SenseOf(*link, machine);
  }
  report->site = site_->Take(machine, snapshot.captures, since_reading_);
}

void Interfaces::WarnOfMissing(const std::vector<LinkReading>& links) {
  const auto warn = [&](const char* option, const std::string& name) {
    if (std::ranges::find(links, name, &LinkReading::name) != links.end() ||
        !warned_of_.insert(option + name).second) {
      return;
    }
    spdlog::warn(
        "{}: there is no interface {}; it is monitored once it appears", option,
        name);
  };
  for (const std::string& name : settings_.names) warn("--interfaces", name);
  for (const std::string& name : settings_.wan_names) {
    warn("--wan-interface", name);
  }
}

ReportPtr Interfaces::Report() const {
  const std::scoped_lock lock(mutex_);
  return report_;
}

std::vector<prometheus::MetricFamily> Interfaces::Collect() const {
  const ReportPtr report = Report();
  if (report == nullptr) return {};
  return InterfaceFamilies(*report);
}

std::vector<Route> Interfaces::Routes() {
  return {{"GET", "/api/interfaces", "interfaces, as JSON",
           [this](const HttpRequest&) { return ServeInterfaces(); }},
          {"GET", "/api/traffic/current",
           "current traffic, as JSON (?interface=NAME)",
           [this](const HttpRequest& r) { return ServeCurrent(r); }}};
}

HttpResponse Interfaces::ServeInterfaces() const {
  const std::scoped_lock lock(mutex_);
  if (report_ == nullptr) {
    return JsonError(503, "nothing is measured yet; try again in a second");
  }
  return AnswerInterfaces(*report_, *ledger_);
}

HttpResponse Interfaces::ServeCurrent(const HttpRequest& request) const {
  const ReportPtr report = Report();
  if (report == nullptr) {
    return JsonError(503, "nothing is measured yet; try again in a second");
  }
  const auto asked = request.Parameter("interface");
  if (!asked || *asked == kTotalInterface) {
    return AnswerSiteTraffic(*report);
  }
  const auto found =
      std::ranges::find(report->interfaces, *asked, &InterfaceSample::name);
  if (found == report->interfaces.end()) {
    return JsonError(404,
                     "no such interface is monitored; see /api/interfaces");
  }
  return AnswerCurrentTraffic(*report, *found);
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Interfaces>(); }

}  // namespace ntm::interfaces
