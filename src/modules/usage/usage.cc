// Usage: bytes per day, host and service, and the traffic of the site in the
// billing month compared with a quota.

#include <spdlog/spdlog.h>

#include <atomic>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "byte_size.h"
#include "host_quota_meter.h"
#include "host_usage.h"
#include "interface_meter.h"
#include "ntm/base/unix_time.h"
#include "ntm/exposition/family.h"
#include "ntm/http/json.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "usage_answer.h"
#include "usage_days.h"
#include "usage_store.h"

namespace ntm::usage {
namespace {

using prometheus::MetricFamily;

constexpr int kLastBillingDay = 28;
// A month and a day.
constexpr int kDaysToTakeUp = 32;
// The other modules hear the hosts' usage of today in this interval.
constexpr int64_t kReportSeconds = 5;

class Usage final : public Module, public TableOwner, public StoredTables {
 public:
  std::string_view name() const noexcept override { return "usage"; }
  void AddOptions(OptionDeclarer& options) override;
  StoredTables* stored_tables() override { return this; }
  void OnTick(const Tick& tick) override;
  std::vector<MetricFamily> Collect() const override;
  std::vector<Route> Routes() override;

  std::vector<std::string> Migrations() const override {
    return UsageMigrations();
  }
  void Load(Database& database) override;
  void Save(Database& database) override;
  void OnSaved() override;
  int64_t DeleteOld(Database& database, int64_t now_s, int64_t /*days*/,
                    int64_t limit) override {
    return DeleteOldUsage(now_s, limit, &database);
  }

 private:
  void ReportHosts(const Tick& tick, int64_t now_s);
  void WarnOfAliases(const Snapshot& snapshot);
  void AddHostQuotas(std::vector<MetricFamily>* families) const;
  HttpResponse Serve(const HttpRequest& request) const;
  UsageRows RowsOf(const Span& span, Database* database) const;
  std::optional<MonthUse> MonthUseOf(const Span& span,
                                     Database* database) const;
  std::string path() const;

  // Constant after the options are read.
  int billing_day_ = 1;
  uint64_t quota_bytes_ = 0;

  std::atomic<int64_t> now_s_ = 0;  // the last tick's
  UsageDays days_;
  InterfaceMeter meter_;

  // Main thread only.
  std::shared_ptr<const HostUsageReport> hosts_;
  int64_t hosts_at_s_ = 0;
  bool has_complained_ = false;

  HostQuotaMeter quotas_;

  mutable std::mutex mutex_;
  // Guarded.
  std::string path_;  // "": no file yet
  std::shared_ptr<const DeviceReport> devices_;

  // The database's thread only.
  bool has_loaded_ = false;
  std::vector<DayRows> saving_days_;
  InterfaceMeter::Changes saving_meter_;
  std::vector<StoredQuota> saving_quotas_;
};

void Usage::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("usage", "billing month, quota");
  options
      .AddWord(
          "--billing-day",
          [this](const std::string& text) {
            billing_day_ = std::stoi(text);
            meter_.set_billing_day(billing_day_);
            quotas_.set_billing_day(billing_day_);
          },
          "DAY", "Day of the month on which the billing month begins, 1 to 28")
      .Within(1, kLastBillingDay)
      .DefaultText("1");
  options
      .AddWord("--quota", quota_bytes_, ParseByteSize, "SIZE",
               "Most bytes in a billing month, to and from the local hosts "
               "together: 500GB, 1.5TB; 0: no quota")
      .DefaultText("0");
  options.AddRepeated(
      "--host-quota",
      [this](const std::vector<std::string>& words) {
        quotas_.Set(ParseHostQuotas(words));
      },
      "HOST=SIZE/PERIOD",
      "Most bytes of a host in a day, week or (billing) month, in both "
      "directions together: tablet=5GB/day. HOST is a name, a hardware "
      "address, an address or a network; may be repeated");
}

void Usage::OnTick(const Tick& tick) {
  const int64_t now_s = tick.time_ns / kNsPerSecond;
  now_s_ = now_s;
  const Growth growth = days_.Take(*tick.snapshot, now_s);
  quotas_.Take(*tick.snapshot, growth, tick.reports, now_s);
  ReportHosts(tick, now_s);
  WarnOfAliases(*tick.snapshot);
  {
    const std::scoped_lock lock(mutex_);
    devices_ = tick.reports.devices;
  }
  if (tick.reports.interfaces == nullptr) return;
  meter_.Take(*tick.reports.interfaces,
              std::chrono::duration<double>(tick.elapsed).count());
  const auto month = meter_.Month();
  auto report = std::make_shared<UsageReport>();
  report->time_ns = tick.time_ns;
  report->period_begin_ns = month->month().from_s * kNsPerSecond;
  report->period_end_ns = month->month().to_s * kNsPerSecond;
  report->used_bytes = month->used_bytes();
  report->quota_bytes = quota_bytes_;
  report->expected_bytes = month->ExpectedBytes(now_s).value_or(
      static_cast<double>(month->used_bytes()));
  report->host_quotas = quotas_.Uses();
  tick.new_reports->usage = std::move(report);
}

void Usage::ReportHosts(const Tick& tick, int64_t now_s) {
  if (days_.anonymizes()) return;
  tick.new_reports->host_usage = hosts_;
  if (hosts_ != nullptr && std::abs(now_s - hosts_at_s_) < kReportSeconds) {
    return;
  }
  hosts_at_s_ = now_s;
  hosts_ = HostsOfDay(days_, now_s);
  tick.new_reports->host_usage = hosts_;
}

void Usage::WarnOfAliases(const Snapshot& snapshot) {
  if (quotas_.is_empty() || snapshot.anonymizer == nullptr ||
      std::exchange(has_complained_, true)) {
    return;
  }
  spdlog::warn(
      "--host-quota has no effect with --anonymize, which hides hosts");
}

void Usage::Load(Database& database) {
  {
    const std::scoped_lock lock(mutex_);
    path_ = database.path();
  }
  meter_.TakeUp(ReadNewestSlots(kDaysToTakeUp, &database),
                ReadCounters(&database));
  quotas_.TakeUp(ReadQuotas(&database));
  if (has_loaded_) return days_.SaveAgain();
  has_loaded_ = true;
  const std::string newest = NewestDay(&database);
  if (!newest.empty()) days_.TakeUp(newest, ReadDay(newest, &database));
}

void Usage::Save(Database& database) {
  for (const std::string& day : days_.NotTakenUp()) {
    days_.TakeUp(day, ReadDay(day, &database));
  }
  saving_days_ = days_.Changes();
  WriteDays(saving_days_, &database);
  saving_meter_ = meter_.Unsaved();
  WriteMeter(saving_meter_, &database);
  saving_quotas_ = quotas_.Unsaved();
  WriteQuotas(saving_quotas_, &database);
}

void Usage::OnSaved() {
  days_.Saved(saving_days_);
  meter_.Saved(saving_meter_);
  quotas_.Saved(saving_quotas_);
  saving_days_.clear();
}

std::vector<MetricFamily> Usage::Collect() const {
  std::vector<MetricFamily> families;
  families.push_back(GaugeFamily("ntm_usage_day_rows",
                                 "Rows for today, one per host and service."));
  AddSample(&families.back(), {}, static_cast<double>(days_.row_count()));
  if (quota_bytes_ > 0) {
    families.push_back(GaugeFamily(
        "ntm_usage_quota_bytes",
        "Traffic quota for a billing month, both directions together."));
    AddSample(&families.back(), {}, static_cast<double>(quota_bytes_));
  }
  AddHostQuotas(&families);
  const auto month = meter_.Month();
  if (!month) return families;
  const auto per_direction = [&](MetricFamily family, double receive,
                                 double transmit) {
    AddSample(&family, {{"direction", "receive"}}, receive);
    AddSample(&family, {{"direction", "transmit"}}, transmit);
    families.push_back(std::move(family));
  };
  per_direction(
      GaugeFamily(
          "ntm_usage_month_bytes",
          "Bytes to and from local hosts in this billing month, by direction."),
      static_cast<double>(month->receive_bytes()),
      static_cast<double>(month->transmit_bytes()));
  families.push_back(GaugeFamily("ntm_usage_month_expected_bytes",
                                 "Expected bytes at the end of the billing "
                                 "month, both directions together."));
  AddSample(&families.back(), {},
            month->ExpectedBytes(now_s_).value_or(
                static_cast<double>(month->used_bytes())));
  if (const auto percentiles = month->Percentile95()) {
    per_direction(GaugeFamily("ntm_usage_month_percentile95_bytes_per_second",
                              "95th percentile of the five-minute means in "
                              "this billing month, by direction."),
                  percentiles->receive_bytes_per_second,
                  percentiles->transmit_bytes_per_second);
  }
  return families;
}

void Usage::AddHostQuotas(std::vector<MetricFamily>* families) const {
  const std::vector<HostQuotaUse> uses = quotas_.Uses();
  if (uses.empty()) return;
  auto ratio = GaugeFamily("ntm_usage_host_quota_ratio",
                           "Used share of each --host-quota.");
  auto quota =
      GaugeFamily("ntm_usage_host_quota_bytes", "Each --host-quota, in bytes.");
  for (const HostQuotaUse& use : uses) {
    const Labels labels = {{"host", use.host}, {"period", use.period}};
    AddSample(&ratio, labels,
              static_cast<double>(use.used_bytes) /
                  static_cast<double>(use.quota_bytes));
    AddSample(&quota, labels, static_cast<double>(use.quota_bytes));
  }
  families->push_back(std::move(ratio));
  families->push_back(std::move(quota));
}

std::vector<Route> Usage::Routes() {
  return {{"GET", "/api/usage",
           "usage by host, device or service: ?day=2026-01-31 or "
           "month=2026-01, by=host, device or service",
           [this](const HttpRequest& request) { return Serve(request); },
           Access::kByMethod, /*may_block=*/true}};
}

HttpResponse Usage::Serve(const HttpRequest& request) const {
  if (days_.is_new()) {
    return JsonError(503, "nothing is counted yet; try again in a second");
  }
  UsageQuestion question;
  try {
    question = ParseUsageQuestion(request.query, now_s_, billing_day_);
  } catch (const std::invalid_argument& error) {
    return JsonError(400, error.what());
  }
  const std::string file = path();
  const auto database =
      file.empty() ? nullptr
                   : std::make_unique<Database>(file, OpenMode::kReadOnly);
  std::shared_ptr<const DeviceReport> devices;
  {
    const std::scoped_lock lock(mutex_);
    devices = devices_;
  }
  auto json = UsageJson(question,
                        Entries(question, RowsOf(question.span, database.get()),
                                days_.anonymizes(), devices.get()));
  if (question.is_month) {
    const auto month = MonthUseOf(question.span, database.get());
    json["interfaces"] =
        month ? MonthJson(*month, now_s_, quota_bytes_) : nullptr;
  }
  return JsonAnswer(200, json);
}

UsageRows Usage::RowsOf(const Span& span, Database* database) const {
  const std::string from = DayOf(span.from_s).name;
  const std::string to = DayOf(span.to_s).name;
  // Before the database is read, so that a day dropped in between is in both
  // rather than in neither.
  const std::vector<DayRows> days = days_.Rows(from, to);
  UsageRows rows;
  std::vector<std::string> whole;
  for (const DayRows& day : days) {
    if (day.is_whole) whole.push_back(day.day);
    rows.insert(rows.end(), day.rows.begin(), day.rows.end());
  }
  if (database == nullptr) return rows;
  const UsageRows stored = ReadDays(from, to, whole, database);
  rows.insert(rows.end(), stored.begin(), stored.end());
  return rows;
}

std::optional<MonthUse> Usage::MonthUseOf(const Span& span,
                                          Database* database) const {
  auto current = meter_.Month();
  if (current && current->month().name == span.name) return current;
  if (database == nullptr) return std::nullopt;
  MonthUse month(span);
  for (const Slot& slot : ReadSlots(span.from_s, span.to_s, database)) {
    month.Add(slot);
  }
  if (month.used_bytes() == 0) return std::nullopt;
  return month;
}

std::string Usage::path() const {
  const std::scoped_lock lock(mutex_);
  return path_;
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Usage>(); }

}  // namespace ntm::usage
