#include "app/host/module_host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "family_messages.h"
#include "ntm/base/error.h"
#include "ntm/exposition/family.h"
#include "ntm/exposition/sample_message.h"
#include "ntm/module/other_runs.h"

namespace ntm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FakeModule : public Module, public OtherRuns {
 public:
  FakeModule(std::string_view name, const bool* fails, int* ticks,
             bool on_files = false)
      : name_(name), fails_(fails), ticks_(ticks), on_files_(on_files) {}

  std::string_view name() const noexcept override { return name_; }
  bool runs_on_files() const noexcept override { return on_files_; }
  bool runs_once() const noexcept override { return on_files_; }
  void OnTick(const Tick& /*tick*/) override {
    if (*fails_) throw std::runtime_error("no luck");
    ++*ticks_;
  }
  void Expose(const Snapshot& /*fresh*/, Exposition& out) const override {
    auto family = GaugeFamily("ntm_" + std::string(name_), "A fake.");
    AddSample(&family, {}, 1);
    out.Write(family);
    if (*fails_) throw std::runtime_error("no luck");
  }

 private:
  std::string_view name_;
  const bool* fails_;
  int* ticks_;
  bool on_files_;
};

// Reports how often it was ticked, and keeps the reports of the last tick.
class PostingModule : public Module {
 public:
  explicit PostingModule(std::vector<int64_t>* heard) : heard_(heard) {}

  std::string_view name() const noexcept override { return "posting"; }
  void OnTick(const Tick& tick) override {
    heard_->push_back(tick.reports.interfaces ? tick.reports.interfaces->time_ns
                                              : -1);
    auto report = std::make_shared<InterfaceReport>();
    report->time_ns = tick.time_ns;
    if (tick.time_ns != 2) tick.new_reports->interfaces = std::move(report);
  }

 private:
  std::vector<int64_t>* heard_;
};

// Reads the reports of other modules in the same tick.
class LastModule : public Module, public LiveOutput {
 public:
  explicit LastModule(std::vector<int64_t>* seen) : seen_(seen) {}

  std::string_view name() const noexcept override { return "a_last"; }
  std::vector<std::shared_ptr<Channel>> Channels() override { return {}; }
  void OnTick(const Tick& tick) override {
    seen_->push_back(tick.new_reports->interfaces
                         ? tick.new_reports->interfaces->time_ns
                         : -1);
  }

 private:
  std::vector<int64_t>* seen_;
};

// Writes a family of many samples piece by piece; may fail in the middle.
class StreamingModule : public Module {
 public:
  static constexpr int kSamples = 100'000;

  explicit StreamingModule(const int* fails_at) : fails_at_(fails_at) {}

  std::string_view name() const noexcept override { return "streaming"; }
  void Expose(const Snapshot& fresh, Exposition& out) const override {
    out.Write(WithOne("ntm_before"));
    out.WriteCounter("ntm_many_total", "Many.", [&](const SampleForm& form) {
      return std::make_unique<Samples>(form, fresh.time_ns, fails_at_);
    });
    out.Write(WithOne("ntm_behind"));
  }

 private:
  class Samples : public SampleStream {
   public:
    Samples(const SampleForm& form, int64_t value, const int* fails_at)
        : format_(form.format),
          name_(form.name),
          value_(static_cast<uint64_t>(value)),
          fails_at_(fails_at) {}
    bool Append(size_t enough_bytes, std::string* out) override {
      for (; next_ < kSamples && out->size() < enough_bytes; ++next_) {
        if (next_ == *fails_at_) throw std::runtime_error("no luck");
        if (format_ == ExpositionFormat::kProtobuf) {
          const std::string x = std::to_string(next_);
          AppendCounterMessage(std::array{MessageLabel{"x", x}}, value_, out);
        } else {
          out->append(name_ + "{x=\"" + std::to_string(next_) + "\"");
          Exposition::AppendValue(value_, out);
        }
      }
      return next_ < kSamples;
    }

   private:
    ExpositionFormat format_;
    std::string name_;
    uint64_t value_;
    const int* fails_at_;
    int next_ = 0;
  };

  static prometheus::MetricFamily WithOne(const char* name) {
    auto family = GaugeFamily(name, "");
    AddSample(&family, {}, 1);
    return family;
  }

  const int* fails_at_;
};

// Notes what it is told, in order.
class NotingModule : public Module {
 public:
  NotingModule(std::string_view name, std::vector<std::string>* notes,
               bool opens = true)
      : name_(name), notes_(notes), opens_(opens) {}

  std::string_view name() const noexcept override { return name_; }
  void Open() override {
    if (!opens_) throw Error("cannot open");
    Note("open");
  }
  void Start() override { Note("start"); }
  void Stop() override { Note("stop"); }

 private:
  void Note(const std::string& what) {
    notes_->push_back(what + " " + std::string(name_));
  }

  std::string_view name_;
  std::vector<std::string>* notes_;
  bool opens_;
};

struct ModuleHostTest : ::testing::Test {
  ModuleHost Make(ModuleHostOptions options = {}) {
    std::vector<std::unique_ptr<Module>> modules;
    modules.push_back(
        std::make_unique<FakeModule>("shaky", &shaky_fails, &shaky_ticks));
    modules.push_back(std::make_unique<FakeModule>("steady", &steady_fails,
                                                   &steady_ticks, true));
    return ModuleHost(std::move(options), std::move(modules), [this] {
      ++snapshots;
      return std::make_shared<Snapshot>(snapshot);
    });
  }
  static HttpResponse Get(const std::vector<Route>& routes,
                          const std::string& path,
                          const std::string& accept = "") {
    for (const Route& route : routes) {
      HttpRequest request;
      request.headers["accept"] = accept;
      if (route.path == path) return route.handler(request);
    }
    return {};
  }

  bool shaky_fails = false;
  bool steady_fails = false;
  int shaky_ticks = 0;
  int steady_ticks = 0;
  int snapshots = 0;
  Snapshot snapshot;
};

TEST_F(ModuleHostTest, PassesReportsToTheNextTickOnly) {
  std::vector<int64_t> heard;
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(std::make_unique<PostingModule>(&heard));
  ModuleHost host({}, std::move(modules),
                  [] { return std::make_shared<Snapshot>(); });
  for (int64_t time : {1, 2, 3, 4}) {
    host.OnTick(time, std::chrono::seconds(1));
  }
  EXPECT_EQ(heard, (std::vector<int64_t>{-1, 1, -1, 3}));
}

TEST_F(ModuleHostTest, TicksALastModuleAfterTheOthers) {
  std::vector<int64_t> heard;
  std::vector<int64_t> seen;
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(std::make_unique<LastModule>(&seen));
  modules.push_back(std::make_unique<PostingModule>(&heard));
  ModuleHost host({}, std::move(modules),
                  [this] { return std::make_shared<Snapshot>(snapshot); });
  host.OnTick(1, std::chrono::seconds(1));
  host.OnTick(3, std::chrono::seconds(1));
  EXPECT_EQ(seen, (std::vector<int64_t>{1, 3}));
}

TEST_F(ModuleHostTest, OpensAllModulesBeforeItStartsThemAndStopsTheLastFirst) {
  std::vector<std::string> notes;
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(std::make_unique<NotingModule>("a", &notes));
  modules.push_back(std::make_unique<NotingModule>("b", &notes));
  ModuleHost host({}, std::move(modules),
                  [this] { return std::make_shared<Snapshot>(snapshot); });
  host.Open();
  host.Start();
  host.Stop();
  EXPECT_THAT(notes, ElementsAre("open a", "open b", "start a", "start b",
                                 "stop b", "stop a"));
}

TEST_F(ModuleHostTest, StopsOnlyTheModulesThatWereOpened) {
  std::vector<std::string> notes;
  std::vector<std::unique_ptr<Module>> modules;
  modules.push_back(std::make_unique<NotingModule>("a", &notes));
  modules.push_back(std::make_unique<NotingModule>("b", &notes, false));
  {
    ModuleHost host({}, std::move(modules),
                    [this] { return std::make_shared<Snapshot>(snapshot); });
    EXPECT_THROW(host.Open(), Error);
  }
  EXPECT_THAT(notes, ElementsAre("open a", "stop a"));
}

TEST_F(ModuleHostTest, KeepsTheOthersGoingWhenOneModuleFails) {
  ModuleHost host = Make();
  shaky_fails = true;
  host.OnTick(1, std::chrono::seconds(1));
  EXPECT_EQ(steady_ticks, 1);
  const std::string text = host.Scrape(ExpositionFormat::kPrometheusText);
  EXPECT_THAT(text, HasSubstr("ntm_steady 1\n"));
  EXPECT_THAT(text, HasSubstr("ntm_module_up{module=\"shaky\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("ntm_module_up{module=\"steady\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("ntm_module_errors_total{module=\"shaky\"} 2\n"));
}

TEST_F(ModuleHostTest, RemovesTheFamiliesOfAFailingModule) {
  ModuleHost host = Make();
  shaky_fails = true;
  EXPECT_THAT(host.Scrape(ExpositionFormat::kPrometheusText),
              Not(HasSubstr("ntm_shaky")));
}

TEST_F(ModuleHostTest, AModuleIsUpAgainAfterASuccessfulCall) {
  ModuleHost host = Make();
  shaky_fails = true;
  host.OnTick(1, std::chrono::seconds(1));
  shaky_fails = false;
  host.OnTick(2, std::chrono::seconds(1));
  EXPECT_THAT(host.Scrape(ExpositionFormat::kPrometheusText),
              HasSubstr("ntm_module_up{module=\"shaky\"} 1\n"));
}

TEST_F(ModuleHostTest, AModuleIsDownIfOnlyItsTicksFail) {
  ModuleHost host = Make();
  shaky_fails = true;
  host.OnTick(1, std::chrono::seconds(1));
  shaky_fails = false;
  for (int scrape = 0; scrape < 2; ++scrape) {
    const std::string text = host.Scrape(ExpositionFormat::kPrometheusText);
    EXPECT_THAT(text, HasSubstr("ntm_shaky 1\n"));
    EXPECT_THAT(text, HasSubstr("ntm_module_up{module=\"shaky\"} 0\n"));
  }
}

TEST_F(ModuleHostTest, TakesOneSnapshotPerScrapeForAllModules) {
  ModuleHost host = Make();
  host.Scrape(ExpositionFormat::kPrometheusText);
  EXPECT_EQ(snapshots, 1);
}

TEST_F(ModuleHostTest, ShowsNothingOfTheMachineOrTheClockForFiles) {
  ModuleHost host = Make({"ntm", "/metrics", true});
  const std::string text = host.Scrape(ExpositionFormat::kPrometheusText);
  EXPECT_THAT(text, HasSubstr("ntm_steady 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("ntm_shaky")));
  EXPECT_THAT(text, Not(HasSubstr("ntm_scrape_duration_seconds")));
  EXPECT_THAT(text, Not(HasSubstr("ntm_module_up")));
}

TEST_F(ModuleHostTest, StartsOnlyModulesForOnce) {
  ModuleHost host = Make({"ntm", "/metrics", false, true});
  host.OnTick(0, std::chrono::seconds(0));
  EXPECT_EQ(steady_ticks, 1);
  EXPECT_EQ(shaky_ticks, 0);
}

TEST_F(ModuleHostTest, AnswersNotReadyWithTheReasonWhileACaptureIsDown) {
  ModuleHost host = Make();
  snapshot.captures.resize(2);
  snapshot.captures[0].up = true;
  snapshot.captures[1].interface = "eth7";
  snapshot.captures[1].down_reason = "an interface is gone";
  host.OnTick(0, std::chrono::seconds(1));
  const HttpResponse down = Get(host.Routes(), "/-/ready");
  EXPECT_EQ(down.status, 503);
  EXPECT_THAT(down.body, HasSubstr("an interface is gone"));
  EXPECT_THAT(down.body, Not(HasSubstr("eth7")));
  snapshot.captures[1].up = true;
  host.OnTick(0, std::chrono::seconds(1));
  EXPECT_EQ(Get(host.Routes(), "/-/ready").status, 200);
}

TEST_F(ModuleHostTest, IsReadyForAFileOnlyWhenItIsReadToItsEnd) {
  ModuleHost host = Make();
  EXPECT_EQ(Get(host.Routes(), "/-/ready").status, 503);
  snapshot.is_file = true;
  host.NoteReadiness();
  EXPECT_EQ(Get(host.Routes(), "/-/ready").status, 503);
  snapshot.file_read_to_end = true;
  host.NoteReadiness();
  EXPECT_EQ(Get(host.Routes(), "/-/ready").status, 200);
}

TEST_F(ModuleHostTest, AReadinessRequestTakesNoSnapshot) {
  ModuleHost host = Make();
  host.OnTick(0, std::chrono::seconds(1));
  const int before = snapshots;
  const auto routes = host.Routes();
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(Get(routes, "/-/ready").status, 200);
    EXPECT_EQ(Get(routes, "/-/healthy").status, 200);
  }
  EXPECT_EQ(snapshots, before);
}

TEST_F(ModuleHostTest, FrequentScrapesShareASnapshot) {
  std::vector<std::unique_ptr<Module>> modules;
  ModuleHost host({}, std::move(modules), [this] {
    ++snapshots;
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
    return std::make_shared<Snapshot>(snapshot);
  });
  const auto routes = host.Routes();
  const auto began = std::chrono::steady_clock::now();
  int scrapes = 0;
  for (; scrapes < 200; ++scrapes) Get(routes, "/metrics");
  // A snapshot that took 200 ms is shared for a second.
  const auto took = std::chrono::steady_clock::now() - began;
  EXPECT_LE(snapshots, 1 + took / std::chrono::seconds(1));
  host.OnTick(0, std::chrono::seconds(1));
  EXPECT_GE(snapshots, 2) << "a tick has one of its own";
}

TEST_F(ModuleHostTest, WritesOnlyTheRequestedFamilies) {
  ModuleHost host = Make();
  for (const Route& route : host.Routes()) {
    if (route.path != "/metrics") continue;
    HttpRequest request;
    request.parameters = {{"name[]", "ntm_steady"}, {"name[]", "no_such"}};
    const std::string text = route.handler(request).body;
    EXPECT_THAT(text, HasSubstr("ntm_steady 1\n"));
    EXPECT_THAT(text, Not(HasSubstr("ntm_shaky")));
    EXPECT_THAT(text, Not(HasSubstr("ntm_module_up")));
    request.parameters = {{"name[]", "no_such"}};
    EXPECT_EQ(route.handler(request).body, "");
  }
}

struct StreamingHostTest : ::testing::Test {
  StreamingHostTest() {
    std::vector<std::unique_ptr<Module>> modules;
    modules.push_back(std::make_unique<StreamingModule>(&fails_at));
    host = std::make_unique<ModuleHost>(
        ModuleHostOptions(), std::move(modules), [this] {
          auto snapshot = std::make_shared<Snapshot>();
          snapshot->time_ns = ++time_ns;
          taken.push_back(snapshot);
          return snapshot;
        });
  }

  HttpResponse Ask(const HttpRequest& request = {}) {
    for (const Route& route : host->Routes()) {
      if (route.path == "/metrics") return route.handler(request);
    }
    return {};
  }
  static std::string WholeBodyOf(const HttpResponse& response) {
    std::string body = response.body;
    std::string piece;
    for (bool more = response.rest != nullptr; more; body += piece) {
      more = response.rest->Next(&piece);
      EXPECT_LE(piece.size(), size_t{257} * 1024);
    }
    return body;
  }
  // Without the families of which each exposition has other values.
  static std::string Constant(const std::string& text) {
    return text.substr(0, text.find("# HELP ntm_module_up"));
  }

  int fails_at = -1;
  int64_t time_ns = 0;
  std::vector<std::weak_ptr<const Snapshot>> taken;
  std::unique_ptr<ModuleHost> host;
};

TEST_F(StreamingHostTest, ServesLargeFamiliesInBlocksAtTheirPlace) {
  const HttpResponse response = Ask();
  EXPECT_GE(response.body.size(), size_t{256} * 1024);
  EXPECT_LE(response.body.size(), size_t{257} * 1024);
  const std::string body = WholeBodyOf(response);
  std::string expected =
      "# TYPE ntm_before gauge\nntm_before 1\n"
      "# HELP ntm_many_total Many.\n# TYPE ntm_many_total counter\n";
  for (int i = 0; i < StreamingModule::kSamples; ++i) {
    expected += "ntm_many_total{x=\"" + std::to_string(i) + "\"} 1\n";
  }
  expected += "# TYPE ntm_behind gauge\nntm_behind 1\n";
  EXPECT_TRUE(Constant(body) == expected);
  EXPECT_THAT(body, HasSubstr("\nntm_scrape_duration_seconds "));
  time_ns = 0;  // the same value again
  EXPECT_TRUE(Constant(host->Scrape(ExpositionFormat::kPrometheusText)) ==
              expected);
}

TEST_F(StreamingHostTest, ServesProtobufInBlocksAsWell) {
  HttpRequest request;
  request.headers = {
      {"accept",
       "application/vnd.google.protobuf; "
       "proto=io.prometheus.client.MetricFamily; encoding=delimited"}};
  const HttpResponse response = Ask(request);
  EXPECT_LE(response.body.size(), size_t{257} * 1024);
  const auto families = test::ReadFamilies(WholeBodyOf(response));
  ASSERT_GT(families.size(), 3U);
  EXPECT_EQ(families[0].name(), "ntm_before");
  EXPECT_EQ(families[1].name(), "ntm_many_total");
  ASSERT_EQ(families[1].metric_size(), StreamingModule::kSamples);
  EXPECT_EQ(families[1].metric(99'999).label(0).value(), "99999");
  EXPECT_EQ(families[1].metric(99'999).counter().value(), 1);
  EXPECT_EQ(families[2].name(), "ntm_behind");
  EXPECT_EQ(families.back().name(), "ntm_scrape_duration_seconds");
}

TEST_F(StreamingHostTest, KeepsTheSnapshotOfAScrapeUntilItsEnd) {
  HttpResponse slow = Ask();
  host->OnTick(0, std::chrono::seconds(1));
  ASSERT_EQ(taken.size(), 2U);
  EXPECT_FALSE(taken[0].expired());
  EXPECT_THAT(WholeBodyOf(slow), HasSubstr("{x=\"99999\"} 1\n"));
  slow.rest.reset();
  EXPECT_TRUE(taken[0].expired());
}

TEST_F(StreamingHostTest, SharesSnapshotsWhileSlowScrapesHoldSeveral) {
  const auto began = std::chrono::steady_clock::now();
  std::vector<HttpResponse> slow;
  for (int i = 0; i < 30; ++i) slow.push_back(Ask());
  const auto seconds =
      (std::chrono::steady_clock::now() - began) / std::chrono::seconds(1);
  EXPECT_LE(taken.size(), 5 + static_cast<size_t>(seconds));
  const size_t before = taken.size();
  slow.clear();
  host->OnTick(0, std::chrono::seconds(1));
  EXPECT_THAT(taken.front().expired(), true);
  Ask();
  EXPECT_EQ(taken.size(), before + 2) << "of the tick and of the scrape";
}

TEST_F(StreamingHostTest, CountsAFailureInTheMiddleAndWritesNoMore) {
  fails_at = 50'000;
  const HttpResponse response = Ask();
  ASSERT_NE(response.rest, nullptr);
  EXPECT_THROW(WholeBodyOf(response), Error);
  EXPECT_THROW(host->Scrape(ExpositionFormat::kPrometheusText), Error);
  fails_at = 0;
  EXPECT_THROW(Ask(), Error) << "what fails at once gets a 500";
  fails_at = -1;
  EXPECT_THAT(WholeBodyOf(Ask()),
              HasSubstr("ntm_module_errors_total{module=\"streaming\"} 3\n"));
}

TEST_F(ModuleHostTest, ServesTheFormatThatTheScraperPrefers) {
  ModuleHost host = Make();
  const auto routes = host.Routes();
  EXPECT_THAT(Get(routes, "/metrics").content_type,
              HasSubstr("text/plain; version=0.0.4"));
  const HttpResponse open =
      Get(routes, "/metrics", "application/openmetrics-text;version=1.0.0");
  EXPECT_THAT(open.content_type, HasSubstr("application/openmetrics-text"));
  EXPECT_THAT(open.body, HasSubstr("# EOF\n"));
}

TEST_F(ModuleHostTest, LinksItsPagesFromTheLandingPage) {
  ModuleHost host = Make({"ntm", "/scrape-me", false});
  const HttpResponse page = Get(host.Routes(), "/");
  EXPECT_THAT(page.content_type, HasSubstr("text/html"));
  EXPECT_THAT(page.body, HasSubstr("href=\"/scrape-me\""));
  EXPECT_THAT(page.body, HasSubstr("href=\"/-/ready\""));
}

}  // namespace
}  // namespace ntm
