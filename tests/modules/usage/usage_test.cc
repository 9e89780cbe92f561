// Tests the usage module through its interfaces to the host and the database.
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "usage_fixture.h"

namespace ntm::usage {

std::unique_ptr<Module> MakeModule();

namespace {

using nlohmann::json;
using test::Flows;
using test::Interface;
using test::kNs;
using test::kStart;

struct UsageTest : ::testing::Test {
  UsageTest() {
    setenv("TZ", "UTC0", 1);
    tzset();
    std::string name =
        (std::filesystem::temp_directory_path() / "ntm-usage-XXXXXX");
    folder = mkdtemp(name.data());
  }
  ~UsageTest() override { std::filesystem::remove_all(folder); }

  static std::unique_ptr<Module> Make(const std::string& words = "") {
    auto module = MakeModule();
    CLI::App app;
    OptionDeclarer declarer(app);
    module->AddOptions(declarer);
    app.parse(words);
    module->Open();
    module->Start();
    return module;
  }
  static StoredTables* TablesOf(Module* module) {
    return dynamic_cast<TableOwner&>(*module).stored_tables();
  }
  std::unique_ptr<Database> Open(Module* module) const {
    const std::string path = folder + "/history.db";
    const bool is_new = !std::filesystem::exists(path);
    auto database = std::make_unique<Database>(path, OpenMode::kWrite);
    if (is_new) {
      for (const auto& sql : TablesOf(module)->Migrations()) {
        database->Execute(sql);
      }
    }
    TablesOf(module)->Load(*database);
    return database;
  }
  static void Save(Module* module, Database* database) {
    TablesOf(module)->Save(*database);
    TablesOf(module)->OnSaved();
  }
  static std::shared_ptr<const UsageReport> Tick(Module* module, int64_t time_s,
                                                 uint64_t flow_bytes,
                                                 uint64_t interface_bytes) {
    Flows flows;
    flows.Add("10.0.0.1", "1.1.1.1", flow_bytes);
    Reports next;
    ntm::Tick tick;
    tick.time_ns = time_s * kNs;
    tick.elapsed = std::chrono::seconds(1);
    tick.snapshot = std::make_shared<const Snapshot>(flows.snapshot);
    tick.reports.interfaces = std::make_shared<const InterfaceReport>(
        test::Report(time_s, {Interface("eth0", interface_bytes, 0)}));
    tick.new_reports = &next;
    module->OnTick(tick);
    return next.usage;
  }
  static json Get(Module* module, const std::map<std::string, std::string>& q,
                  int status = 200) {
    const auto routes = module->Routes();
    HttpRequest request;
    request.query = q;
    const HttpResponse response = routes.at(0).handler(request);
    EXPECT_EQ(response.status, status) << response.body;
    return json::parse(response.body);
  }

  std::string folder;
};

TEST_F(UsageTest, BeforeTheFirstTickTheAnswerIs503) {
  const auto module = Make();
  Get(module.get(), {}, 503);
}

TEST_F(UsageTest, AnswersFromMemoryWithoutADatabase) {
  const auto module = Make();
  Tick(module.get(), kStart, 100, 1'000);
  Tick(module.get(), kStart + 1, 150, 1'700);
  const json day = Get(module.get(), {{"day", "2026-01-31"}});
  EXPECT_EQ(day["entries"][0]["name"], "10.0.0.1");
  EXPECT_EQ(day["entries"][0]["out_bytes"], 150);
  EXPECT_FALSE(day.contains("interfaces"));
  const json month = Get(module.get(), {{"by", "service"}});
  EXPECT_EQ(month["entries"][0]["name"], "https");
  EXPECT_EQ(month["interfaces"]["used_bytes"], 700);
  EXPECT_TRUE(
      Get(module.get(), {{"month", "2025-12"}})["interfaces"].is_null());
  Get(module.get(), {{"by", "port"}}, 400);
}

TEST_F(UsageTest, ARestartLoadsTodayAndTheMonth) {
  {
    const auto module = Make();
    const auto database = Open(module.get());
    Tick(module.get(), kStart, 100, 1'000);
    Tick(module.get(), kStart + 1, 150, 1'700);
    Save(module.get(), database.get());
  }
  const auto module = Make();
  const auto database = Open(module.get());
  Tick(module.get(), kStart + 60, 30, 2'000);
  for (int i = 0; i < 2; ++i) {  // before and after the write
    const json month = Get(module.get(), {});
    EXPECT_EQ(month["entries"][0]["out_bytes"], 180);
    EXPECT_EQ(month["interfaces"]["used_bytes"], 1'000);
    EXPECT_EQ(Get(module.get(), {{"day", "2026-01-31"}})["total"]["out_bytes"],
              180);
    Save(module.get(), database.get());
  }
}

TEST_F(UsageTest, EarlierDaysAndMonthsComeFromTheDatabase) {
  const auto module = Make();
  const auto database = Open(module.get());
  Tick(module.get(), kStart, 100, 0);
  Tick(module.get(), kStart + 1, 110, 500);
  Save(module.get(), database.get());
  Tick(module.get(), kStart + 86400, 150, 600);
  Save(module.get(), database.get());
  Save(module.get(), database.get());
  const json day = Get(module.get(), {{"day", "2026-01-31"}});
  EXPECT_EQ(day["total"]["out_bytes"], 110);
  const json january = Get(module.get(), {{"month", "2026-01"}});
  EXPECT_EQ(january["total"]["out_bytes"], 110);
  EXPECT_EQ(january["interfaces"]["used_bytes"], 500);
  EXPECT_EQ(january["interfaces"]["percentile_95"]["larger_bytes_per_second"],
            500);
  const json february = Get(module.get(), {});
  EXPECT_EQ(february["month"], "2026-02");
  EXPECT_EQ(february["total"]["out_bytes"], 40);
  EXPECT_EQ(february["interfaces"]["used_bytes"], 100);
}

TEST_F(UsageTest, ReportsTheUsedQuotaOfTheMonth) {
  const auto module = Make("--quota 1GB --billing-day 15");
  Tick(module.get(), kStart, 0, 1'000);
  auto report = Tick(module.get(), kStart + 7200, 0, 721'000);
  ASSERT_NE(report, nullptr);
  EXPECT_EQ(report->quota_bytes, 1'000'000'000U);
  EXPECT_EQ(report->used_bytes, 720'000U);
  // From January 15 to February 15.
  EXPECT_EQ(report->period_begin_ns, (kStart - (16 * 24 + 8) * 3600) * kNs);
  EXPECT_EQ(report->period_end_ns, (kStart + (15 * 24 - 8) * 3600) * kNs);
  // 100 bytes per second until then.
  EXPECT_DOUBLE_EQ(report->expected_bytes, 100.0 * (15 * 24 - 8) * 3600);
}

TEST_F(UsageTest, RefusesBillingDaysThatNotEveryMonthHas) {
  EXPECT_THROW(Make("--billing-day 29"), CLI::ValidationError);
  EXPECT_THROW(Make("--billing-day 0"), CLI::ValidationError);
  EXPECT_ANY_THROW(Make("--quota much"));
}

TEST_F(UsageTest, ShowsTheMonthAndTheQuotaAsMetrics) {
  const auto module = Make("--quota 1GB");
  Tick(module.get(), kStart, 0, 1'000);
  Tick(module.get(), kStart + 1, 5, 1'300);
  std::map<std::string, double> values;
  for (const auto& family : module->Collect()) {
    for (const auto& metric : family.metric) {
      std::string name = family.name;
      for (const auto& label : metric.label) name += " " + label.value;
      values[name] = metric.gauge.value;
    }
  }
  EXPECT_EQ(values["ntm_usage_month_bytes receive"], 300);
  EXPECT_EQ(values["ntm_usage_month_bytes transmit"], 0);
  EXPECT_EQ(values["ntm_usage_quota_bytes"], 1e9);
  EXPECT_EQ(values["ntm_usage_month_percentile95_bytes_per_second receive"],
            300);
  EXPECT_EQ(values["ntm_usage_day_rows"], 1);
}

TEST_F(UsageTest, HostQuotasAreReportedShownAndKept) {
  const char* words = "--host-quota 10.0.0.1=1kB/day";
  {
    const auto module = Make(words);
    const auto database = Open(module.get());
    Tick(module.get(), kStart, 800, 0);
    const auto report = Tick(module.get(), kStart + 1, 900, 0);
    ASSERT_EQ(report->host_quotas.size(), 1U);
    EXPECT_EQ(report->host_quotas[0].host, "10.0.0.1");
    EXPECT_EQ(report->host_quotas[0].period, "day");
    EXPECT_EQ(report->host_quotas[0].used_bytes, 900U);
    EXPECT_EQ(report->host_quotas[0].quota_bytes, 1'000U);
    Save(module.get(), database.get());
  }
  const auto module = Make(words);
  const auto database = Open(module.get());
  Tick(module.get(), kStart + 60, 300, 0);
  std::map<std::string, double> values;
  for (const auto& family : module->Collect()) {
    for (const auto& metric : family.metric) {
      values[family.name] = metric.gauge.value;
    }
  }
  EXPECT_DOUBLE_EQ(values["ntm_usage_host_quota_ratio"], 1.2);
  EXPECT_EQ(values["ntm_usage_host_quota_bytes"], 1'000);
  EXPECT_ANY_THROW(Make("--host-quota tablet=5GB"));
}

}  // namespace
}  // namespace ntm::usage
