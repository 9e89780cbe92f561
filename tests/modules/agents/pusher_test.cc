#include "modules/agents/pusher.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>

#include "modules/agents/hub.h"
#include "ntm/base/error.h"
#include "ntm/server/http_server.h"

namespace ntm::agents {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

class PusherTest : public testing::Test {
 protected:
  PusherTest() {
    std::string pattern = testing::TempDir() + "ntm-push-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    setenv("STATE_DIRECTORY", folder_.c_str(), 1);
    settings_.id = "web1";
    settings_.token_file = folder_ + "/token";
    settings_.interval = seconds(1);
    std::ofstream(settings_.token_file) << "free-token\n";
    std::filesystem::permissions(settings_.token_file,
                                 std::filesystem::perms::owner_read);
  }
  ~PusherTest() override {
    unsetenv("STATE_DIRECTORY");
    std::filesystem::remove_all(folder_);
  }

  static InterfaceReport Report(uint64_t received) {
    InterfaceReport report;
    report.site.down_bytes = received;
    return report;
  }

  static double Value(const Pusher& pusher, const std::string& name) {
    for (const auto& family : pusher.Families()) {
      if (family.name != name) continue;
      const auto& metric = family.metric.front();
      return family.type == prometheus::MetricType::Counter
                 ? metric.counter.value
                 : metric.gauge.value;
    }
    return -1;
  }

  static void AwaitTaken(const Pusher& pusher, double updates) {
    const auto end = steady_clock::now() + seconds(20);
    while (Value(pusher, "ntm_push_updates_total") < updates) {
      ASSERT_LT(steady_clock::now(), end);
      std::this_thread::yield();
    }
  }

  std::string Refusal() {
    try {
      const Pusher pusher(settings_);
    } catch (const Error& error) {
      return error.what();
    }
    return "";
  }

  std::string folder_;
  PushSettings settings_;
};

TEST_F(PusherTest, PushesToAHubFromTickToTick) {
  Hub hub(
      AcceptedIds({"web1"}), AgentTokens({"free-token"}, "f"),
      [] { return int64_t{1'700'000'000'000'000'000}; }, nullptr);
  HttpServerOptions options;
  options.listen_addresses = {"127.0.0.1:0"};
  HttpServer server(options, hub.Routes());
  server.Start();
  settings_.url = "http://" + server.addresses().front();
  for (uint64_t run = 0; run < 2; ++run) {
    Pusher pusher(settings_);
    pusher.Start();
    for (uint64_t i = 1; i <= 5; ++i) {
      pusher.OnTick(Report((run * 10 + i) * 1000), seconds(1));
    }
    AwaitTaken(pusher, 4);
    EXPECT_EQ(Value(pusher, "ntm_push_queue_updates"), 0);
    EXPECT_EQ(Value(pusher, "ntm_push_up"), 1);
  }
  const auto report = hub.OnTick(0, seconds(1));
  ASSERT_EQ(report->updates.size(), 8U);
  EXPECT_EQ(report->updates[3].receive_bytes, 5000U);
  // The second run continues with its own readings.
  EXPECT_EQ(report->updates[7].receive_bytes, 9000U);
}

TEST_F(PusherTest, StopsWhileItsHubIsUnreachable) {
  settings_.url = "http://127.0.0.1:1";
  const auto began = steady_clock::now();
  {
    Pusher pusher(settings_);
    pusher.Start();
    for (uint64_t i = 1; i <= 5; ++i) pusher.OnTick(Report(i), seconds(1));
    EXPECT_EQ(Value(pusher, "ntm_push_queue_updates"), 4);
  }
  EXPECT_LT(steady_clock::now() - began, seconds(5));
}

TEST_F(PusherTest, RefusesToSendItsTokenUnencrypted) {
  settings_.url = "http://192.0.2.1:8000";
  EXPECT_THAT(Refusal(), testing::HasSubstr("unencrypted"));
  settings_.insecure = true;
  EXPECT_EQ(Refusal(), "");
}

TEST_F(PusherTest, RefusesFilesThatCannotBeUsed) {
  settings_.url = "https://192.0.2.1:8000";
  settings_.ca_file = folder_ + "/none";
  EXPECT_THAT(Refusal(), testing::HasSubstr("--push-ca-file"));
  settings_.ca_file.clear();
  settings_.token_file = folder_ + "/none";
  EXPECT_THAT(Refusal(), testing::HasSubstr("--push-token-file"));
}

}  // namespace
}  // namespace ntm::agents
