// Tests the history module through its interface, with synthetic reports.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <nlohmann/json.hpp>

#include "history_fixture.h"
#include "modules/history/utc_time.h"
#include "ntm/base/error.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"

namespace ntm::history {

std::unique_ptr<Module> MakeModule();

namespace {

using nlohmann::json;
using ::testing::HasSubstr;

struct HistoryTest : ::testing::Test {
  std::unique_ptr<Module> Make(const std::string& words) {
    auto module = MakeModule();
    CLI::App app;
    OptionDeclarer declarer(app);
    module->AddOptions(declarer);
    app.parse(words);
    module->Open();
    module->Start();
    return module;
  }
  static void Tick(Module* module, const InterfaceReport& report) {
    Reports next;
    ntm::Tick tick;
    tick.time_ns = report.time_ns;
    tick.reports.interfaces = std::make_shared<const InterfaceReport>(report);
    tick.new_reports = &next;
    module->OnTick(tick);
  }
  static HttpResponse Get(Module* module,
                          const std::map<std::string, std::string>& query) {
    const auto routes = module->Routes();
    HttpRequest request;
    request.method = "GET";
    request.path = routes.at(0).path;
    request.query = query;
    return routes.at(0).handler(request);
  }
  static double Value(const Module& module, const std::string& name) {
    for (const auto& family : module.Collect()) {
      if (family.name != name) continue;
      const auto& metric = family.metric.at(0);
      return family.type == prometheus::MetricType::Counter
                 ? metric.counter.value
                 : metric.gauge.value;
    }
    ADD_FAILURE() << name << " is not there";
    return 0;
  }

  test::Folder folder;
};

TEST_F(HistoryTest, AnswersIncludeTheLatestReport) {
  const auto module = Make("--database " + folder / "a.db");
  const int64_t now_s = NowSeconds();
  Tick(module.get(), test::Report(now_s - 1, 1000, 50));
  Tick(module.get(), test::Report(now_s, 1500, 70));
  const HttpResponse response =
      Get(module.get(), {{"interface", "eth0"}, {"hours", "1"}});
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.content_type, "application/json");
  const json answer = json::parse(response.body);
  EXPECT_EQ(answer["total"]["receive_bytes"], 500);
  EXPECT_DOUBLE_EQ(answer["mean"]["receive_bytes_per_second"], 60);
  EXPECT_EQ(Value(*module, "ntm_history_persistent"), 1);
}

TEST_F(HistoryTest, AnswersInvalidRequestsWith400AndTheReason) {
  const auto module = Make("--no-database");
  for (const char* hours : {"0", "abc", ""}) {
    const HttpResponse response = Get(module.get(), {{"hours", hours}});
    EXPECT_EQ(response.status, 400);
    EXPECT_THAT(json::parse(response.body)["error"].get<std::string>(),
                HasSubstr("hours"));
  }
  EXPECT_EQ(Get(module.get(), {{"interface", "\xff"}}).status, 404);
}

TEST_F(HistoryTest, WithoutADatabaseItKeepsThe100NewestPoints) {
  const auto module = Make("--no-database");
  const int64_t end_s = BeginOf(NowSeconds(), kRawStepSeconds);
  for (int64_t i = 0; i < 150; ++i) {
    Tick(module.get(), test::Report(end_s - (149 - i) * kRawStepSeconds, 0, 1));
  }
  const json answer = json::parse(Get(module.get(), {}).body);
  EXPECT_EQ(answer["points"].size(), 100U);
  EXPECT_EQ(answer["step_seconds"], kRawStepSeconds);
  EXPECT_EQ(Value(*module, "ntm_history_persistent"), 0);
  EXPECT_EQ(Value(*module, "ntm_history_pending_rows"), 0);
}

TEST_F(HistoryTest, RefusesADatabaseInUseUnlessItIsTheDefault) {
  setenv("STATE_DIRECTORY", (folder / "state").c_str(), 1);
  const auto first = Make("");
  EXPECT_EQ(Value(*first, "ntm_history_persistent"), 1);
  EXPECT_THROW(Make("--database " + folder / "state/history.db"), Error);
  const auto second = Make("");
  EXPECT_EQ(Value(*second, "ntm_history_persistent"), 0);
  unsetenv("STATE_DIRECTORY");
}

TEST_F(HistoryTest, RefusesAnImpossiblePath) {
  EXPECT_THROW(Make("--database /dev/null/history.db"), Error);
  EXPECT_THROW(Make("--database /proc/history.db"), Error);
}

}  // namespace
}  // namespace ntm::history
