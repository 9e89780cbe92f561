#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "modules/agents/hub.h"

namespace ntm::agents {
namespace {

using nlohmann::json;

constexpr int64_t kSaved =
    1'767'225'599'123'000'000;  // 2025-12-31T23:59:59.123Z

json UpdateBody() {
  return {{"service_id", "web1"},
          {"bandwidth_up", 1.5},
          {"bandwidth_down", 12.25},
          {"total_up", 3.5},
          {"total_down", 40.125}};
}

class HubStateTest : public testing::Test {
 protected:
  HubStateTest() {
    std::string pattern = testing::TempDir() + "ntm-hub-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~HubStateTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Hub> Make() const {
    return std::make_unique<Hub>(
        AcceptedIds({"*"}), AgentTokens({"free-token"}, "f"),
        [] { return kSaved; },
        std::make_unique<StateFile>("agents.json", "totals", folder_));
  }

  static int Push(Hub* hub, const json& body) {
    HttpRequest request;
    request.headers["authorization"] = "Bearer free-token";
    request.headers["content-type"] = "application/json";
    request.body = body.dump();
    return hub->Routes().front().handler(request).status;
  }

  static json Summary(Hub* hub) {
    return json::parse(hub->Routes()[1].handler({}).body);
  }

  std::string folder_;
};

TEST_F(HubStateTest, KnowsItsAgentsAfterARestart) {
  {
    const auto hub = Make();
    EXPECT_EQ(Push(hub.get(), UpdateBody()), 200);
  }
  const auto hub = Make();
  const json summary = Summary(hub.get());
  EXPECT_EQ(summary["total_services"], 1);
  EXPECT_EQ(summary["services_with_traffic"], 0);
  EXPECT_EQ(summary["services"][0]["total_down"], 40.125);
  EXPECT_EQ(summary["services"][0]["last_updated"], "2025-12-31T23:59:59.123Z");
  // A total older than the agent's next update would make the counter decrease.
  for (const auto& family : hub->Families()) {
    if (family.name == "ntm_agent_receive_bytes_total") {
      EXPECT_TRUE(family.metric.empty());
    }
  }
  json restarted = UpdateBody();
  restarted["total_down"] = 1;
  EXPECT_EQ(Push(hub.get(), restarted), 200);
  EXPECT_EQ(Summary(hub.get())["services"][0]["total_down"], 41.125);
}

TEST_F(HubStateTest, StartsFromZeroIfItsStateIsDamaged) {
  std::ofstream(folder_ + "/agents.json") << "{\"version\":1,\"agents\":[{";
  const auto hub = Make();
  EXPECT_EQ(Summary(hub.get())["total_services"], 0);
  EXPECT_EQ(Push(hub.get(), UpdateBody()), 200);
}

}  // namespace
}  // namespace ntm::agents
