#include "modules/agents/hub.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "modules/agents/push_target.h"
#include "modules/agents/traffic_update.h"
#include "ntm/base/unix_time.h"
#include "ntm/http/http_post.h"
#include "ntm/server/http_server.h"
#include "raw_http_client.h"

namespace ntm::agents {
namespace {

using nlohmann::json;
using std::chrono::seconds;
using testing::HasSubstr;

constexpr int64_t kNow = 1'767'225'599'123'000'000;  // 2025-12-31T23:59:59.123Z
constexpr char kToken[] = "Authorization: Bearer free-token\r\n";
constexpr char kJson[] = "Content-Type: application/json\r\n";
constexpr char kUnknown[] = "{\"detail\":\"Service not found\"}\n";

json Body(const std::string& id = "web1") {
  return {{"service_id", id},        {"bandwidth_up", 1.5},
          {"bandwidth_down", 12.25}, {"total_up", 3.5},
          {"total_down", 40.125},    {"max_bandwidth", 250.0},
          {"cpu_percent", 12.5},     {"memory_percent", 80.1}};
}

// A hub behind a real HTTP server.
class HubTest : public testing::Test {
 protected:
  void Start(const std::vector<std::string>& accepted,
             const std::vector<std::string>& tokens) {
    hub_ = std::make_unique<Hub>(
        AcceptedIds(accepted),
        tokens.empty() ? AgentTokens() : AgentTokens(tokens, "f"),
        [this] { return now_ns_; }, nullptr);
    HttpServerOptions options;
    options.listen_addresses = {"127.0.0.1:0"};
    server_ = std::make_unique<HttpServer>(options, hub_->Routes());
    server_->Start();
  }
  void Start() { Start({"web1", "db-*"}, {"free-token", "web1:bound-token"}); }

  RawAnswer Ask(const std::string& request) const {
    RawHttpClient client(server_->addresses().front());
    client.Send(request);
    return client.Read().value_or(RawAnswer{});
  }

  RawAnswer Get(const std::string& path) const {
    return Ask("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  RawAnswer Post(const std::string& body, const std::string& headers) const {
    return Ask("POST /api/traffic/update HTTP/1.1\r\nHost: a\r\n" + headers +
               "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
               body);
  }
  RawAnswer Post(const json& body) const {
    return Post(body.dump(), std::string(kToken) + kJson);
  }

  double Requests(const std::string& result) const {
    for (const auto& family : hub_->Families()) {
      if (family.name != "ntm_agent_requests_total") continue;
      for (const auto& metric : family.metric) {
        if (metric.label.front().value == result) return metric.counter.value;
      }
    }
    return -1;
  }

  // The sample of `agent`, if the family has one.
  std::optional<double> Sample(const std::string& name,
                               const std::string& agent) const {
    for (const auto& family : hub_->Families()) {
      if (family.name != name) continue;
      for (const auto& metric : family.metric) {
        if (metric.label.front().value != agent) continue;
        return family.type == prometheus::MetricType::Counter
                   ? metric.counter.value
                   : metric.gauge.value;
      }
    }
    return std::nullopt;
  }

  int64_t now_ns_ = kNow;
  std::unique_ptr<Hub> hub_;
  std::unique_ptr<HttpServer> server_;  // stopped before the hub is destroyed
};

TEST_F(HubTest, AcceptsAnUpdateAndShowsIt) {
  Start();
  const RawAnswer taken = Post(Body());
  EXPECT_EQ(taken.status, 200);
  EXPECT_EQ(json::parse(taken.body),
            json({{"status", "success"}, {"message", "Traffic data updated"}}));
  const RawAnswer current = Get("/api/traffic/web1/current");
  EXPECT_EQ(current.status, 200);
  EXPECT_EQ(current.headers.at("content-type"), "application/json");
  EXPECT_EQ(json::parse(current.body),
            json({{"bandwidth_up", 1.5},
                  {"bandwidth_down", 12.25},
                  {"total_up", 3.5},
                  {"total_down", 40.125},
                  {"max_bandwidth", 250.0},
                  {"cpu_percent", 12.5},
                  {"memory_percent", 80.1},
                  {"last_updated", "2025-12-31T23:59:59.123Z"},
                  {"active", true}}));
}

TEST_F(HubTest, ListsHistoryOldestFirst) {
  Start();
  for (int i = 1; i <= 120; ++i) {
    json body = Body();
    body["total_up"] = i;
    EXPECT_EQ(Post(body).status, 200);
    now_ns_ += kNsPerSecond;
  }
  const json all = json::parse(Get("/api/traffic/web1/history").body);
  ASSERT_EQ(all.size(), 100U);
  EXPECT_EQ(all.front()["total_up"], 21);
  EXPECT_EQ(all.back(), json({{"timestamp", "2026-01-01T00:01:58.123Z"},
                              {"bandwidth_up", 1.5},
                              {"bandwidth_down", 12.25},
                              {"total_up", 120.0},
                              {"total_down", 40.125}}));
  const json some = json::parse(Get("/api/traffic/web1/history?limit=3").body);
  ASSERT_EQ(some.size(), 3U);
  EXPECT_EQ(some.front()["total_up"], 118);
  for (const char* limit :
       {"0", "101", "-1", "x", "", "1.5", "99999999999999"}) {
    const RawAnswer answer =
        Get(std::string("/api/traffic/web1/history?limit=") + limit);
    EXPECT_EQ(answer.status, 400) << limit;
    EXPECT_TRUE(json::parse(answer.body).contains("error"));
  }
}

TEST_F(HubTest, SumsUpItsAgents) {
  Start();
  Post(Body("web1"));
  json other = Body("db-2");
  other["bandwidth_up"] = 0.5;
  other["total_down"] = 0.5;
  now_ns_ += 31 * kNsPerSecond;
  Post(other);
  hub_->OnTick(now_ns_, seconds(1));
  const json summary = json::parse(Get("/api/traffic/summary").body);
  EXPECT_EQ(summary["total_services"], 2);
  EXPECT_EQ(summary["services_with_traffic"], 1);
  EXPECT_EQ(summary["total_bandwidth_up"], 0.5);
  EXPECT_EQ(summary["total_bandwidth_down"], 12.25);
  EXPECT_EQ(summary["total_traffic_up"], 7);
  EXPECT_EQ(summary["total_traffic_down"], 40.625);
  ASSERT_EQ(summary["services"].size(), 2U);
  const json& silent = summary["services"][1];
  EXPECT_EQ(silent["id"], "web1");
  EXPECT_EQ(silent["name"], "web1");
  EXPECT_EQ(silent["active"], false);
  EXPECT_EQ(silent["last_updated"], "2025-12-31T23:59:59.123Z");
  EXPECT_EQ(silent["traffic_history"].size(), 1U);
}

TEST_F(HubTest, SumsUpTotalsBeyondTheRangeOfIntegers) {
  Start({"*"}, {"free-token"});
  json most = Body("a");
  most["ntm"] = {{"series", "s"},         {"run", "r"},
                 {"sequence", 1},         {"age_seconds", 0},
                 {"interval_seconds", 5}, {"receive_bytes", INT64_MAX},
                 {"transmit_bytes", 1}};
  for (const char* id : {"a", "b", "c"}) {
    most["service_id"] = id;
    EXPECT_EQ(Post(most).status, 200);
  }
  const json summary = json::parse(Get("/api/traffic/summary").body);
  EXPECT_NEAR(summary["total_traffic_down"], 3 * 8589934592.0, 1);
}

TEST_F(HubTest, ListsAcceptedAgentsThatNeverPushed) {
  Start();
  const json summary = json::parse(Get("/api/traffic/summary").body);
  EXPECT_EQ(summary["total_services"], 1);
  EXPECT_EQ(summary["services"][0]["id"], "web1");
  const json current = json::parse(Get("/api/traffic/web1/current").body);
  EXPECT_EQ(current["bandwidth_up"], 0);
  EXPECT_EQ(current["last_updated"], nullptr);
  EXPECT_EQ(Get("/api/traffic/db-9/history").body, "[]\n");
}

TEST_F(HubTest, AnswersNotFoundForAnAgentThatIsNotAccepted) {
  Start();
  const RawAnswer update = Post(Body("web2"));
  EXPECT_EQ(update.status, 404);
  EXPECT_EQ(update.body, kUnknown);
  for (const char* path :
       {"/api/traffic/web2/current", "/api/traffic/web2/history",
        "/api/traffic/web1%20/current"}) {
    EXPECT_EQ(Get(path).status, 404) << path;
    EXPECT_EQ(Get(path).body, kUnknown) << path;
  }
  EXPECT_EQ(Requests("unknown"), 1);
}

TEST_F(HubTest, RequiresAToken) {
  Start();
  const std::string body = Body().dump();
  for (const char* header :
       {"", "Authorization: Bearer wrong\r\n", "Authorization: free-token\r\n",
        "Authorization: Basic d2ViMTp3cm9uZw==\r\n"}) {
    const RawAnswer answer = Post(body, std::string(header) + kJson);
    EXPECT_EQ(answer.status, 401) << header;
    EXPECT_THAT(answer.headers.at("www-authenticate"), HasSubstr("Bearer"));
    EXPECT_TRUE(json::parse(answer.body).contains("error"));
  }
  EXPECT_EQ(Requests("unauthorized"), 4);
  EXPECT_EQ(Requests("taken"), 0);
  // web1:free-token, as agents written in Python send it.
  EXPECT_EQ(Post(body, std::string("Authorization: Basic "
                                   "d2ViMTpmcmVlLXRva2Vu\r\n") +
                           kJson)
                .status,
            200);
}

TEST_F(HubTest, BindsATokenToItsAgent) {
  Start();
  const std::string bound =
      std::string("Authorization: Bearer bound-token\r\n") + kJson;
  EXPECT_EQ(Post(Body("web1").dump(), bound).status, 200);
  EXPECT_EQ(Post(Body("db-1").dump(), bound).status, 403);
  EXPECT_EQ(Get("/api/traffic/db-1/history").body, "[]\n");
}

TEST_F(HubTest, RefusesUpdatesIfNoTokenIsConfigured) {
  Start({"web1"}, {});
  const RawAnswer answer = Post(Body());
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("--agents-token-file"));
}

TEST_F(HubTest, RefusesUpdatesIfNoAgentIsAccepted) {
  Start({}, {"free-token"});
  const RawAnswer answer = Post(Body());
  EXPECT_EQ(answer.status, 403);
  EXPECT_THAT(answer.body, HasSubstr("--accept-agents"));
  EXPECT_EQ(json::parse(Get("/api/traffic/summary").body)["total_services"], 0);
  EXPECT_EQ(Get("/api/traffic/web1/current").status, 404);
  EXPECT_THAT(hub_->Families(), testing::IsEmpty());
  EXPECT_EQ(hub_->OnTick(now_ns_, seconds(1)), nullptr);
}

TEST_F(HubTest, RefusesInvalidUpdates) {
  Start();
  const std::string ok = std::string(kToken) + kJson;
  const auto status = [&](const std::string& body, const std::string& headers) {
    const RawAnswer answer = Post(body, headers);
    EXPECT_TRUE(json::parse(answer.body).contains("error")) << answer.body;
    return answer.status;
  };
  EXPECT_EQ(status("{", ok), 400);
  EXPECT_EQ(status("[]", ok), 422);
  EXPECT_EQ(status("{\"service_id\":\"web1\"}", ok), 422);
  EXPECT_EQ(status(Body().dump(), kToken), 415);
  EXPECT_EQ(status(Body().dump(),
                   std::string(kToken) + "Content-Type: text/plain\r\n"),
            415);
  EXPECT_EQ(status(std::string(20'000, ' ') + Body().dump(), ok), 413);
  EXPECT_EQ(Requests("invalid"), 6);
  EXPECT_EQ(Post(Body().dump(),
                 std::string(kToken) +
                     "Content-Type: application/json; charset=utf-8\r\n")
                .status,
            200);
  // More than the server itself accepts.
  EXPECT_EQ(Post(std::string(2'000'000, ' '), ok).status, 413);
}

TEST_F(HubTest, AnswersOtherMethodsWithTheAllowedOnes) {
  Start();
  EXPECT_EQ(Get("/api/traffic/update").status, 405);
  EXPECT_EQ(Get("/api/traffic/update").headers.at("allow"), "POST");
  const RawAnswer answer =
      Ask("POST /api/traffic/web1/current HTTP/1.1\r\nHost: a\r\n"
          "Content-Length: 0\r\n\r\n");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.headers.at("allow"), "GET, HEAD");
}

TEST_F(HubTest, HasNoRoomForMoreThanAThousand) {
  Start({"*"}, {"free-token"});
  RawHttpClient client(server_->addresses().front());
  for (int i = 0; i <= 1000; ++i) {
    const std::string body = Body("n" + std::to_string(i)).dump();
    client.Send("POST /api/traffic/update HTTP/1.1\r\nHost: a\r\n" +
                std::string(kToken) + kJson + "Content-Length: " +
                std::to_string(body.size()) + "\r\n\r\n" + body);
    ASSERT_EQ(client.Read()->status, i < 1000 ? 200 : 503) << i;
  }
  EXPECT_EQ(Requests("full"), 1);
}

TEST_F(HubTest, ForgetsAnAgentAfterItsExpiry) {
  Start();
  Post(Body("web1"));
  now_ns_ += std::chrono::nanoseconds(Hub::kDefaultExpiry).count();
  hub_->OnTick(now_ns_, std::chrono::hours(1));
  EXPECT_TRUE(Sample("ntm_agent_up", "web1"));
  now_ns_ += 1;
  hub_->OnTick(now_ns_, std::chrono::minutes(59));
  EXPECT_TRUE(Sample("ntm_agent_up", "web1")) << "checked once an hour";
  hub_->OnTick(now_ns_, std::chrono::minutes(1));
  EXPECT_EQ(Sample("ntm_agent_up", "web1"), std::nullopt);
  EXPECT_EQ(Post(Body("web1")).status, 200);
}

TEST_F(HubTest, WritesFamiliesOfEachAgent) {
  Start();
  Post(Body());
  hub_->OnTick(now_ns_, seconds(1));
  EXPECT_EQ(Sample("ntm_agent_up", "web1"), 1);
  EXPECT_EQ(Sample("ntm_agent_transmit_bytes_per_second", "web1"), 1'572'864);
  EXPECT_EQ(Sample("ntm_agent_receive_bytes_per_second", "web1"), 12'845'056);
  EXPECT_EQ(Sample("ntm_agent_transmit_bytes_total", "web1"), 3'758'096'384);
  EXPECT_EQ(Sample("ntm_agent_receive_bytes_total", "web1"), 43'083'890'688);
  EXPECT_EQ(Sample("ntm_agent_max_bytes_per_second", "web1"), 262'144'000);
  EXPECT_EQ(Sample("ntm_agent_cpu_ratio", "web1"), 0.125);
  EXPECT_DOUBLE_EQ(*Sample("ntm_agent_memory_ratio", "web1"), 0.801);
  EXPECT_EQ(Sample("ntm_agent_last_update_timestamp_seconds", "web1"),
            static_cast<double>(kNow) / 1e9);
}

TEST_F(HubTest, ShowsOnlyTotalsOfASilentAgent) {
  Start();
  Post(Body());
  hub_->OnTick(now_ns_, seconds(1));
  now_ns_ += 31 * kNsPerSecond;
  hub_->OnTick(now_ns_, seconds(1));
  EXPECT_EQ(Sample("ntm_agent_up", "web1"), 0);
  EXPECT_EQ(Sample("ntm_agent_receive_bytes_per_second", "web1"), std::nullopt);
  EXPECT_EQ(Sample("ntm_agent_cpu_ratio", "web1"), std::nullopt);
  EXPECT_EQ(Sample("ntm_agent_receive_bytes_total", "web1"), 43'083'890'688);
}

TEST_F(HubTest, ReportsTheUpdatesSinceTheLastTick) {
  Start();
  Post(Body("web1"));
  Post(Body("db-1"));
  Post(Body("web1"));
  const auto report = hub_->OnTick(now_ns_, seconds(1));
  ASSERT_EQ(report->updates.size(), 3U);
  EXPECT_EQ(report->updates[0].id, "web1");
  EXPECT_EQ(report->updates[1].id, "db-1");
  EXPECT_EQ(report->time_ns, now_ns_);
  ASSERT_EQ(report->agents.size(), 2U);
  EXPECT_EQ(report->agents[0].id, "db-1");
  EXPECT_EQ(report->agents[0].receive_bytes, 43'083'890'688U);
  EXPECT_TRUE(hub_->OnTick(now_ns_, seconds(1))->updates.empty());
}

TEST_F(HubTest, AcceptsThePostOfAnAgent) {
  Start();
  TrafficUpdate update;
  update.id = "web1";
  update.receive_bytes = 12345;
  update.is_ntm = true;
  update.origin = {"series", "run", 1, 0, 5};
  const std::string url = "http://" + server_->addresses().front();
  HttpPost post(ParsePushUrl(url), "bound-token", "");
  for (int i = 0; i < 3; ++i) {
    const PostResult result = post.Post(ToJson(update));
    EXPECT_EQ(result.kind, PostResult::Kind::kAnswered) << result.what;
    EXPECT_EQ(result.status, 200);
  }
  EXPECT_EQ(Requests("taken"), 1);
  EXPECT_EQ(Requests("repeated"), 2);
  HttpPost wrong(ParsePushUrl(url), "wrong", "");
  EXPECT_EQ(wrong.Post(ToJson(update)).status, 401);
  const std::string elsewhere = url + "/elsewhere";
  HttpPost lost(ParsePushUrl(elsewhere), "bound-token", "");
  EXPECT_EQ(lost.Post(ToJson(update)).status, 404);
}

}  // namespace
}  // namespace ntm::agents
