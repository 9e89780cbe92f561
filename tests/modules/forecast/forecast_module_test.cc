// Tests the forecast module with synthetic ticks: its answers and its tables.

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "made_up_series.h"
#include "modules/forecast/csv_series.h"
#include "modules/forecast/forecast_book.h"
#include "modules/forecast/forecast_tables.h"
#include "ntm/base/database.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "site_of.h"

namespace ntm::forecast {
std::unique_ptr<Module> MakeModule();

namespace {

constexpr int64_t kNs = 1'000'000'000;
constexpr int64_t kBin = 300;
// At a slot that begins a day.
constexpr int64_t kStart = 1'769'817'600;
constexpr double kFiveMbit = 625000;

// Ticks of one interface, one bin apart.
class Wire {
 public:
  explicit Wire(int64_t start_s = kStart) : time_s_(start_s) {}

  Tick Next(double bytes_per_second) {
    counter_ += static_cast<uint64_t>(bytes_per_second * kBin);
    auto report = std::make_shared<InterfaceReport>();
    report->time_ns = time_s_ * kNs;
    report->total.name = kTotalInterface;
    report->total.receive_bytes = counter_;
    report->total.transmit_bytes = counter_ / 2;
    report->site.down_bytes = counter_;
    report->site.up_bytes = counter_ / 2;
    Tick tick;
    tick.time_ns = report->time_ns;
    tick.reports.interfaces = report;
    tick.new_reports = &reports;
    time_s_ += kBin;
    return tick;
  }

  Reports reports;

 private:
  int64_t time_s_;
  uint64_t counter_ = 0;
};

BandwidthForecast Of(const ForecastReport& report, const std::string& direction,
                     int64_t horizon_seconds) {
  for (const BandwidthForecast& forecast : report.forecasts) {
    if (forecast.direction == direction &&
        forecast.horizon_seconds == horizon_seconds) {
      return forecast;
    }
  }
  return {};
}

class ForecastModuleTest : public testing::Test {
 protected:
  ForecastModuleTest() : module_(MakeModule()) {
    CLI::App app;
    OptionDeclarer declarer(app);
    module_->AddOptions(declarer);
    dynamic_cast<TableOwner&>(*module_).stored_tables();
    module_->Open();
    module_->Start();
    for (const Route& route : module_->Routes()) {
      routes_[route.method + " " + route.path] = route.handler;
    }
  }

  HttpResponse Ask(const std::string& route, const std::string& body) {
    HttpRequest request;
    request.body = body;
    return routes_.at(route)(request);
  }
  nlohmann::json Predict(const std::string& body) {
    const HttpResponse answer = Ask("POST /predict", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return nlohmann::json::parse(answer.body);
  }
  nlohmann::json Say(const std::string& type, double mbps) {
    const nlohmann::json body = {{"traffic_type", type},
                                 {"current_throughput", mbps}};
    return Predict(body.dump());
  }

  std::unique_ptr<Module> module_;
  std::map<std::string, std::function<HttpResponse(const HttpRequest&)>>
      routes_;
  Wire wire_;
};

TEST_F(ForecastModuleTest, AnswersWithEveryFieldAndItsDefaults) {
  const auto answer = Predict(R"({"traffic_type":"video"})");
  for (const char* field :
       {"traffic_type", "predicted_bandwidth_mbps", "confidence",
        "current_throughput_mbps", "packet_rate", "average_packet_size",
        "timestamp", "model_type", "horizon_seconds", "lower_bandwidth_mbps",
        "upper_bandwidth_mbps"}) {
    EXPECT_TRUE(answer.contains(field)) << field;
  }
  EXPECT_EQ(answer["packet_rate"], 100);
  EXPECT_EQ(answer["average_packet_size"], 1500);
  EXPECT_GE(answer["confidence"], 0);
  EXPECT_LE(answer["confidence"], 100);
}

TEST_F(ForecastModuleTest, RefusesInvalidRequests) {
  for (const char* body :
       {R"({})", R"([])", R"("video")", R"({"traffic_type":5})",
        R"({"traffic_type":""})",
        R"({"traffic_type":"video","current_throughput":-1})",
        R"({"traffic_type":"video","packet_rate":"fast"})",
        R"({"traffic_type":"video","packet_count":-3})",
        R"({"traffic_type":"video","byte_count":true})",
        R"({"traffic_type":"video","average_packet_size":[1]})",
        R"({"traffic_type":"video","timestamp":17})",
        R"({"traffic_type":"video","horizon_seconds":17})"}) {
    EXPECT_EQ(Ask("POST /predict", body).status, 422) << body;
    const std::string list = "[" + std::string(body) + "]";
    EXPECT_EQ(Ask("POST /predict/batch", list).status, 422) << list;
  }
  EXPECT_EQ(Ask("POST /predict", "{").status, 400);
  EXPECT_EQ(Ask("POST /predict/batch", R"({"traffic_type":"video"})").status,
            422);
}

TEST_F(ForecastModuleTest, AnswersABatchInItsOrder) {
  const HttpResponse answer =
      Ask("POST /predict/batch",
          R"([{"traffic_type":"voice"},{"traffic_type":"video",
             "current_throughput":7},{"traffic_type":"file"}])");
  const auto list = nlohmann::json::parse(answer.body);
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["traffic_type"], "voice");
  EXPECT_EQ(list[1]["traffic_type"], "video");
  EXPECT_EQ(list[1]["predicted_bandwidth_mbps"], 7);
  EXPECT_EQ(list[2]["traffic_type"], "file");
  EXPECT_EQ(Ask("POST /predict/batch", "[]").body, "[]\n");
}

TEST_F(ForecastModuleTest, FewSamplesUseTheRule) {
  for (int i = 1; i < 10; ++i) {
    const auto answer = Say("video", 5);
    EXPECT_EQ(answer["model_type"], "rule_based");
    EXPECT_EQ(answer["predicted_bandwidth_mbps"], 5);
  }
  EXPECT_NE(Say("video", 5)["model_type"], "rule_based");
  // The rule: throughput, else packets, else the usual bandwidth of the type.
  const auto packets = Predict(
      R"({"traffic_type":"x","packet_rate":1000,"average_packet_size":500})");
  EXPECT_EQ(packets["predicted_bandwidth_mbps"], 4);
  EXPECT_EQ(Predict(R"({"traffic_type":"voice"})")["predicted_bandwidth_mbps"],
            0.1);
}

TEST_F(ForecastModuleTest, ASteadyHistoryIsPredictedWithinAFifth) {
  for (int i = 0; i < 30; ++i) {
    const double mbps = Say("video", 5)["predicted_bandwidth_mbps"];
    EXPECT_NEAR(mbps, 5, 1);
  }
}

TEST_F(ForecastModuleTest, AConstantHistoryIsTrustedMoreThanANoisyOne) {
  std::mt19937_64 random(4);
  for (int i = 0; i < 8; ++i) {
    Say("video", 5);
    Say("voice", 0.1 + 20 * test::Unit(&random));
  }
  const double constant = Say("video", 5)["confidence"];
  const double noisy = Say("voice", 3)["confidence"];
  EXPECT_GT(constant, noisy + 20);
  EXPECT_LE(constant, 100);
}

// The model learns how much weight to give to the last value.
TEST_F(ForecastModuleTest, TenSamplesOrMoreBeatTheLastValue) {
  std::mt19937_64 random(9);
  double learned = 0;
  double last_value = 0;
  double forecast = 0;
  double last = 0;
  for (int i = 0; i < 100; ++i) {
    const double mbps = 20 + 4 * test::Noise(&random);
    if (i >= 10) {
      learned += std::abs(mbps - forecast);
      last_value += std::abs(mbps - last);
    }
    forecast = Say("file", std::max(mbps, 0.1))["predicted_bandwidth_mbps"];
    last = mbps;
  }
  EXPECT_LT(learned, 0.85 * last_value);
}

TEST_F(ForecastModuleTest, ReportsAForecastForEachDirectionAndHorizon) {
  for (int i = 0; i < 120; ++i) module_->OnTick(wire_.Next(kFiveMbit));
  ASSERT_NE(wire_.reports.forecast, nullptr);
  const ForecastReport& report = *wire_.reports.forecast;
  ASSERT_EQ(report.forecasts.size(), 6U);
  for (const int64_t horizon : {300, 3600, 86400}) {
    const auto receive = Of(report, "receive", horizon);
    EXPECT_NEAR(receive.bytes_per_second, kFiveMbit, 1) << horizon;
    EXPECT_GE(receive.required_bytes_per_second, receive.bytes_per_second);
    EXPECT_EQ(receive.model, "naive");
    EXPECT_NEAR(Of(report, "transmit", horizon).bytes_per_second, kFiveMbit / 2,
                1);
  }
  EXPECT_GT(Of(report, "receive", 300).confidence_ratio, 0.95);
  EXPECT_LE(Of(report, "receive", 300).confidence_ratio, 1);
}

// Two captured interfaces; one has video, with equal traffic in and out.
class Classes {
 public:
  void AddTo(Tick* tick, double bytes_per_second) {
    Packet packet;
    packet.bytes = static_cast<uint32_t>(bytes_per_second * kBin);
    for (const Direction direction : {Direction::kIn, Direction::kLocal}) {
      video_.Add(packet, kClassVideo, direction);
    }
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->traffic_classes = classes_;
    snapshot->captures.resize(2);
    snapshot->captures[0].interface = "eth0";
    snapshot->captures[0].classes = video_;
    snapshot->captures[1].interface = "eth1";
    auto report = std::make_shared<InterfaceReport>(*tick->reports.interfaces);
    report->interfaces.resize(2, report->total);
    report->interfaces[0].name = "eth0";
    report->interfaces[1].name = "eth1";
    tick->reports.interfaces = report;
    tick->snapshot = std::move(snapshot);
  }

 private:
  std::shared_ptr<const TrafficClasses> classes_ =
      std::make_shared<TrafficClasses>();
  ClassCounts video_;
};

TEST_F(ForecastModuleTest, ForecastsEachClassOfEachInterfaceAndDirection) {
  Classes classes;
  for (int i = 0; i < 60; ++i) {
    Tick tick = wire_.Next(4 * kFiveMbit);
    classes.AddTo(&tick, kFiveMbit);
    module_->OnTick(tick);
  }
  std::map<std::string, double> video;
  std::set<std::string> whole;
  for (const BandwidthForecast& f : wire_.reports.forecast->forecasts) {
    const std::string name = f.interface + " " + f.direction;
    if (f.traffic_class.empty()) whole.insert(name);
    if (f.horizon_seconds != 300 || f.traffic_class.empty()) continue;
    EXPECT_EQ(f.traffic_class, "video") << name;
    video[name] = f.bytes_per_second;
  }
  EXPECT_EQ(whole.size(), 6U);
  ASSERT_EQ(video.size(), 4U);
  for (const char* name :
       {"_total receive", "_total transmit", "eth0 receive", "eth0 transmit"}) {
    ASSERT_TRUE(video.contains(name)) << name;
    EXPECT_NEAR(video[name], kFiveMbit, 1) << name;
  }
  const auto answer = Say("video", 99);
  EXPECT_NEAR(answer["predicted_bandwidth_mbps"], 10, 0.1);
  EXPECT_EQ(answer["model_type"], "naive");
}

TEST_F(ForecastModuleTest, ForecastsNoMoreThanTheKnownCapacity) {
  constexpr double kLink = 1.01 * kFiveMbit;
  std::mt19937_64 random(3);
  double unlimited = 0;
  for (int i = 0; i < 400; ++i) {
    const double part = std::exp(-0.3 * std::abs(test::Noise(&random)));
    Tick tick = wire_.Next(kFiveMbit * part);
    auto report = std::make_shared<InterfaceReport>(*tick.reports.interfaces);
    report->interfaces.push_back(report->total);
    report->interfaces[0].name = "eth0";
    report->interfaces[0].max_bytes_per_second = kLink;
    report->interfaces[0].max_is_assumed = i < 350;
    report->site.interfaces = ntm::test::SiteOf(*report).interfaces;
    tick.reports.interfaces = report;
    module_->OnTick(tick);
    if (i == 0) continue;
    for (const BandwidthForecast& f : wire_.reports.forecast->forecasts) {
      if (i < 350) {
        unlimited = std::max(unlimited, f.required_bytes_per_second);
        continue;
      }
      EXPECT_LE(f.required_bytes_per_second, kLink) << f.interface;
      EXPECT_LE(f.upper_bytes_per_second, kLink) << f.interface;
    }
  }
  EXPECT_GT(unlimited, kLink) << "the link was never in the way";
}

TEST_F(ForecastModuleTest, ForecastsNothingFromGapsAlone) {
  Tick first = wire_.Next(kFiveMbit);
  auto late = std::make_shared<InterfaceReport>(*first.reports.interfaces);
  late->time_ns += 200 * kNs;  // less than half of the bin is observed
  first.reports.interfaces = late;
  module_->OnTick(first);
  module_->OnTick(wire_.Next(kFiveMbit));
  ASSERT_NE(wire_.reports.forecast, nullptr);
  EXPECT_TRUE(wire_.reports.forecast->forecasts.empty());
  module_->OnTick(wire_.Next(kFiveMbit));
  EXPECT_FALSE(wire_.reports.forecast->forecasts.empty());
}

TEST_F(ForecastModuleTest, TheLiveSeriesOverridesTheRequest) {
  for (int i = 0; i < 120; ++i) module_->OnTick(wire_.Next(kFiveMbit));
  const auto answer = Say("all", 99);
  EXPECT_NEAR(answer["predicted_bandwidth_mbps"], 7.5, 0.1);
  EXPECT_EQ(answer["model_type"], "naive");
}

TEST_F(ForecastModuleTest, APredictionGetsItsActualValueOnceItsTimeHasPassed) {
  const auto newest = [this](const std::string& type) {
    HttpRequest request;
    request.query = {{"type", type}, {"limit", "1000"}};
    const auto json =
        nlohmann::json::parse(routes_.at("GET /api/predictions")(request).body);
    return json["predictions"];
  };
  for (int i = 0; i < 60; ++i) module_->OnTick(wire_.Next(kFiveMbit));
  const auto list = newest("all");
  ASSERT_FALSE(list.empty());
  int settled = 0;
  int waiting = 0;
  for (const auto& p : list) {
    if (p["actualBandwidth"].is_null()) {
      ++waiting;
      EXPECT_TRUE(p["error"].is_null());
      continue;
    }
    ++settled;
    const double error = p["predictedBandwidth"].get<double>() -
                         p["actualBandwidth"].get<double>();
    EXPECT_DOUBLE_EQ(p["error"].get<double>(), error);
    EXPECT_NEAR(p["actualBandwidth"].get<double>(),
                p["direction"] == "receive" ? 5 : 2.5, 1e-3);
  }
  EXPECT_GT(settled, 100);
  EXPECT_GT(waiting, 50) << "of the day's horizon none can be known yet";
  EXPECT_TRUE(newest("video").empty());
  Say("video", 4);
  ASSERT_EQ(newest("video").size(), 1U);
  HttpRequest bad;
  bad.query = {{"limit", "0"}};
  EXPECT_EQ(routes_.at("GET /api/predictions")(bad).status, 400);
}

// The answer to a request for a type without captured traffic.
TEST_F(ForecastModuleTest, AnswersGetTheirActualValues) {
  const int64_t now_s = std::chrono::duration_cast<std::chrono::seconds>(
                            std::chrono::system_clock::now().time_since_epoch())
                            .count();
  Wire wire(now_s / kBin * kBin - 2 * kBin);
  for (int i = 0; i < 3; ++i) module_->OnTick(wire.Next(kFiveMbit));
  Say("all", 4);
  for (int i = 0; i < 3; ++i) module_->OnTick(wire.Next(kFiveMbit));
  HttpRequest request;
  request.query = {{"type", "all"}, {"limit", "1000"}};
  const auto json =
      nlohmann::json::parse(routes_.at("GET /api/predictions")(request).body);
  for (const auto& p : json["predictions"]) {
    if (p["direction"] != "") continue;
    EXPECT_NEAR(p["predictedBandwidth"].get<double>(), 4, 1e-9);
    EXPECT_NEAR(p["actualBandwidth"].get<double>(), 7.5, 1e-3);
    EXPECT_NEAR(p["error"].get<double>(), -3.5, 1e-3);
    return;
  }
  FAIL() << "what was asked for is not in the list";
}

TEST_F(ForecastModuleTest, RequestsDoNotDisplaceLiveForecasts) {
  for (int i = 0; i < 20; ++i) module_->OnTick(wire_.Next(kFiveMbit));
  const std::string batch = [] {
    nlohmann::json list = nlohmann::json::array();
    for (int i = 0; i < 1000; ++i) list.push_back({{"traffic_type", "all"}});
    return list.dump();
  }();
  const auto listed = [&](const std::string& limit) {
    HttpRequest request;
    request.query = {{"type", "all"}, {"limit", limit}};
    return nlohmann::json::parse(
        routes_.at("GET /api/predictions")(request).body)["predictions"];
  };
  for (int i = 0; i < 5; ++i) Ask("POST /predict/batch", batch);
  EXPECT_EQ(listed("1000").size(), 1000U);
  // The bin that ends here was forecast before the requests.
  module_->OnTick(wire_.Next(kFiveMbit));
  const auto newest = listed("6");
  ASSERT_EQ(newest.size(), 6U);
  int64_t last = INT64_MAX;
  for (const auto& p : newest) {
    EXPECT_NE(p["direction"], "");
    EXPECT_LT(p["id"].get<int64_t>(), last);
    last = p["id"];
  }
}

class Folder {
 public:
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "ntm-forecast-XXXXXX");
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const char* name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class ForecastTablesTest : public testing::Test {
 protected:
  // A run that ends with its rows written, as by the history module.
  struct Run {
    explicit Run(Database* file) : database(file) { tables.Load(*database); }
    void Save() {
      Transaction transaction(*database);
      tables.Save(*database);
      transaction.Commit();
      tables.OnSaved();
    }
    Database* database;
    ForecastBook book{BookOptions{}};
    ForecastBook* shown = &book;
    ForecastTables tables{&shown};
  };

  ForecastTablesTest() {
    for (const std::string& sql : ForecastTables(&none_).Migrations()) {
      database_.Execute(sql);
    }
  }

  ForecastBook* none_ = nullptr;
  Folder folder_;
  Database database_{folder_ / "history.db", OpenMode::kWrite};
};

TEST_F(ForecastTablesTest, HaveTheColumnsOfPredictions) {
  std::set<std::string> columns;
  Statement rows(database_,
                 "SELECT name FROM pragma_table_info('predictions')");
  rows.Bind();
  while (rows.Step()) columns.insert(rows.Text(0));
  for (const char* column : {"timestamp", "trafficType", "predictedBandwidth",
                             "confidence", "actualBandwidth", "error"}) {
    EXPECT_TRUE(columns.contains(column)) << column;
  }
}

TEST_F(ForecastTablesTest, ARestartForecastsTheSameToTheBit) {
  const auto values = test::MakeLink(330, 288, 2);
  auto first = std::make_unique<Run>(&database_);
  Wire wire;
  bool trained = false;
  for (size_t i = 0; i < values.size(); ++i) {
    first->book.Take(wire.Next(values[i]));
    if (i == 200 || i == 320) first->Save();
    // Due trainings finish before the next bin.
    if (i < 290 || trained) continue;
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(100);
    Tick again;
    again.new_reports = &wire.reports;
    while (!trained && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      first->book.Take(again);
      trained = first->book.counters().succeeded >= 2;
    }
    ASSERT_TRUE(trained);
  }
  first->Save();
  const auto before = first->book.report()->forecasts;
  const auto listed = first->book.Newest("", 50);
  first.reset();

  Run second(&database_);
  Tick tick;
  tick.new_reports = &wire.reports;
  second.book.Take(tick);
  const auto after = second.book.report()->forecasts;
  ASSERT_EQ(before.size(), after.size());
  EXPECT_EQ(before[0].model, "ensemble");
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].bytes_per_second, after[i].bytes_per_second);
    EXPECT_EQ(before[i].lower_bytes_per_second,
              after[i].lower_bytes_per_second);
    EXPECT_EQ(before[i].upper_bytes_per_second,
              after[i].upper_bytes_per_second);
    EXPECT_EQ(before[i].required_bytes_per_second,
              after[i].required_bytes_per_second);
    EXPECT_EQ(before[i].confidence_ratio, after[i].confidence_ratio);
    EXPECT_EQ(before[i].model, after[i].model);
  }
  const auto relisted = second.book.Newest("", 50);
  ASSERT_EQ(listed.size(), relisted.size());
  EXPECT_EQ(listed[7].predicted_mbps, relisted[7].predicted_mbps);
  EXPECT_EQ(listed[49].actual_mbps, relisted[49].actual_mbps);
}

TEST_F(ForecastTablesTest, OnlyUnwrittenRowsArePending) {
  Run run(&database_);
  Wire wire;
  for (int i = 0; i < 5; ++i) run.book.Take(wire.Next(1000));
  run.tables.Save(database_);  // without OnSaved(): the write failed
  EXPECT_FALSE(run.book.TakePending().series.empty());
  run.Save();
  EXPECT_TRUE(run.book.TakePending().series.empty());
  EXPECT_TRUE(run.book.TakePending().predictions.empty());
  Statement count(database_, "SELECT COUNT(*) FROM forecast_bins");
  count.Bind();
  count.Step();
  EXPECT_EQ(count.Integer(0), 2 * 4);
}

TEST_F(ForecastTablesTest, ARequestWritesNothingAndDelaysNoForecast) {
  Run run(&database_);
  Wire wire;
  for (int i = 0; i < 4; ++i) run.book.Take(wire.Next(kFiveMbit));
  run.Save();
  Prediction asked;
  asked.name = {kTotalInterface, "", "video"};
  asked.traffic_type = "video";
  asked.horizon_seconds = kBin;
  asked.slot = kStart / kBin + 1000;  // in the future
  // More than the limit of predictions without an actual value.
  for (int i = 0; i < 200'001; ++i) run.book.Remember(asked);
  EXPECT_TRUE(run.book.TakePending().predictions.empty());
  EXPECT_EQ(run.book.Newest("video", 1'000'000).size(),
            ForecastBook::kMostAsked);
  for (int i = 0; i < 4; ++i) run.book.Take(wire.Next(kFiveMbit));
  run.Save();
  Statement count(database_,
                  "SELECT SUM(direction = ''), SUM(actualBandwidth IS NOT "
                  "NULL AND horizonSeconds = 300) FROM predictions");
  count.Bind();
  count.Step();
  EXPECT_EQ(count.Integer(0), 0);
  EXPECT_EQ(count.Integer(1), 2 * 6) << "all but the newest of each direction";
}

TEST_F(ForecastTablesTest, ASeriesRecordedAheadOfTheClockIsDroppedAfterAnHour) {
  constexpr int64_t kDay = 86400;
  const auto history_seconds = [](const Run& run) {
    return run.book.Views().front().history_seconds;
  };
  Run ahead(&database_);
  Wire wire(kStart + 3650 * kDay);
  for (int i = 0; i < 61; ++i) ahead.book.Take(wire.Next(kFiveMbit));
  EXPECT_EQ(history_seconds(ahead), 60 * kBin);
  ahead.Save();
  Wire now;
  for (int i = 0; i <= 11; ++i) ahead.book.Take(now.Next(kFiveMbit));
  EXPECT_EQ(history_seconds(ahead), 60 * kBin) << "it may be set soon";
  for (int i = 0; i < 5; ++i) ahead.book.Take(now.Next(kFiveMbit));
  EXPECT_EQ(history_seconds(ahead), 5 * kBin);
  ahead.Save();
  const Run after(&database_);
  EXPECT_EQ(history_seconds(after), 5 * kBin);
}

// A database of an earlier version, which also stored requests.
TEST_F(ForecastTablesTest, RowsOfRequestsFromAnEarlierVersionAreIgnored) {
  database_.Execute(
      "INSERT INTO predictions VALUES (7, '2026-01-31T00:00:00Z', 1, '_total', "
      "'', 'video', 300, 1, 'naive', 5, 5, 5, 5, 50, NULL, NULL)");
  const Run run(&database_);
  EXPECT_TRUE(run.book.Newest("", 10).empty());
}

TEST(PredictionLogTest, DropsPredictionsWithoutAnActualValue) {
  PredictionLog log(10);
  Prediction made;
  made.name = {kTotalInterface, "receive", ""};
  made.horizon_seconds = kBin;
  const int64_t id = log.Add(made);
  log.Written(log.Newest("", 1));
  log.Settle(made.name, 0, kBin, std::nullopt);
  log.Settle(made.name, 0, kBin, 5);
  EXPECT_EQ(log.Newest("", 1).front().id, id);
  EXPECT_EQ(log.Newest("", 1).front().actual_mbps, std::nullopt);
  EXPECT_TRUE(log.pending().empty());
}

TEST_F(ForecastTablesTest, OldRowsAreDeletedInSlices) {
  Run run(&database_);
  Wire wire;
  for (int i = 0; i < 20; ++i) run.book.Take(wire.Next(1000));
  run.Save();
  constexpr int64_t kDay = 86400;
  EXPECT_EQ(run.tables.DeleteOld(database_, kStart + kDay, 30, 1000), 0);
  EXPECT_EQ(run.tables.DeleteOld(database_, kStart + 60 * kDay, 30, 50), 50);
  int64_t left = 0;
  while (const int64_t gone =
             run.tables.DeleteOld(database_, kStart + 60 * kDay, 30, 50)) {
    left += gone;
  }
  EXPECT_EQ(left, 2 * 19 * 3 + 2 * 19 - 50);
}

TEST(ForecastBookTest, TrainsInShortSlicesAndHoldsNoMoreSeriesThanItMay) {
  BookOptions options;
  options.max_series = 2;
  ForecastBook book(options);
  const auto values = test::MakeLink(300, 288, 2);
  Wire wire;
  for (const double value : values) book.Take(wire.Next(value));
  Tick again;
  again.new_reports = &wire.reports;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (book.counters().succeeded < 2) {
    ASSERT_LT(std::chrono::steady_clock::now(), end) << "nothing is trained";
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    book.Take(again);
  }
  EXPECT_EQ(book.Views().size(), 2U);
  EXPECT_GT(book.counters().longest_slice_seconds, 0);
}

TEST(BinMeterTest, SpreadsTheIncreaseOverTheBins) {
  BinMeter meter(10);
  std::vector<ClosedBin> bins;
  const auto read = [&](double time_s, uint64_t counter) {
    meter.Read(static_cast<int64_t>(time_s * 1e9), counter, 100,
               [&bins](const ClosedBin& bin) { bins.push_back(bin); });
  };
  read(1000, 500);
  read(1005, 1000);
  read(1015, 2000);
  ASSERT_EQ(bins.size(), 1U);
  EXPECT_EQ(bins[0].slot, 100);
  EXPECT_DOUBLE_EQ(bins[0].bytes_per_second, 100);
  read(1012, 2500);  // the clock was set back: reported bins stay
  read(1021, 2500);
  ASSERT_EQ(bins.size(), 2U);
  EXPECT_EQ(bins[1].slot, 101);
  read(1025, 10);    // the counter was reset
  read(1300, 5000);  // the machine was suspended
  ASSERT_EQ(bins.size(), 30U);
  for (size_t i = 2; i < bins.size(); ++i) {
    EXPECT_EQ(bins[i].slot, 100 + static_cast<int64_t>(i));
    EXPECT_TRUE(std::isnan(bins[i].bytes_per_second)) << i;
  }
  read(1'700'000'000, 6000);  // the clock was set
  EXPECT_EQ(bins.size(), 31U);
}

TEST(CsvSeriesTest, ReadsTimesNumbersAndGaps) {
  const auto read = [](const std::string& text, int64_t bin_ms) {
    std::istringstream in(text);
    return ReadCsvSeries(in, "x.csv", bin_ms);
  };
  const auto timed = read(
      "time,bytes\n2026-01-31T00:00:00Z,10\n2026-01-31 00:05:00,20\n"
      "2026-01-31T00:15:00,\n2026-01-31T00:20:00Z,40\n2026-01-31T00:20:01Z,2\n",
      0);
  EXPECT_EQ(timed.bin_ms, 300'000);
  ASSERT_EQ(timed.amounts.size(), 5U);
  EXPECT_EQ(timed.start, 1'769'817'600 / 300);
  EXPECT_EQ(timed.amounts[1], 20);
  EXPECT_TRUE(std::isnan(timed.amounts[2]));
  EXPECT_TRUE(std::isnan(timed.amounts[3]));
  EXPECT_EQ(timed.amounts[4], 42);
  const auto numbered = read("index,bits\r\n0,1.5\r\n1,2\r\n3,4\r\n", 1000);
  ASSERT_EQ(numbered.amounts.size(), 4U);
  EXPECT_EQ(numbered.amounts[0], 1.5);
  EXPECT_TRUE(std::isnan(numbered.amounts[2]));
  const auto epoch = read("t,b\n1769817600,1\n1769817900,2\n", 0);
  EXPECT_EQ(epoch.start, timed.start);
  for (const char* wrong : {"t,b\n", "t,b\nyesterday,1\n", "t,b\n1,-2\n",
                            "t,b\n1\n", "t,b\n1,x\n"}) {
    EXPECT_ANY_THROW(read(wrong, 0)) << wrong;
  }
}

}  // namespace
}  // namespace ntm::forecast
