#include "modules/agents/agent_table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"

namespace ntm::agents {
namespace {

constexpr int64_t kBegin = 1'700'000'000 * kNsPerSecond;
using Result = AgentTable::Result;

// An update of an agent written in Python.
TrafficUpdate Plain(const std::string& id, int64_t received) {
  TrafficUpdate update;
  update.id = id;
  update.receive_bytes = received;
  update.transmit_bytes = 1;
  update.receive_bytes_per_second = 10;
  return update;
}

TrafficUpdate Own(const std::string& run, uint64_t sequence, int64_t received,
                  const std::string& series = "series") {
  TrafficUpdate update = Plain("web1", received);
  update.is_ntm = true;
  update.origin.series = series;
  update.origin.run = run;
  update.origin.sequence = sequence;
  update.origin.interval_seconds = 5;
  return update;
}

class AgentTableTest : public testing::Test {
 protected:
  Result Take(const TrafficUpdate& update) {
    return table_.Take(update, kBegin);
  }

  const Agent& Web1() const { return table_.agents().at("web1"); }
  uint64_t Received() const { return Web1().sample.receive_bytes; }

  AgentTable table_;
};

TEST_F(AgentTableTest, StartsWithTheTotalOfANewAgent) {
  EXPECT_EQ(Take(Own("a", 1, 5000)), Result::kTaken);
  EXPECT_EQ(Received(), 5000U);
  EXPECT_EQ(Web1().sample.receive_bytes_per_second, 10);
  EXPECT_TRUE(Web1().sample.active);
}

TEST_F(AgentTableTest, CountsARepeatedUpdateOnce) {
  Take(Own("a", 1, 5000));
  EXPECT_EQ(Take(Own("a", 2, 6000)), Result::kTaken);
  EXPECT_EQ(Take(Own("a", 2, 6000)), Result::kRepeated);
  EXPECT_EQ(Take(Own("a", 1, 5000)), Result::kRepeated);
  EXPECT_EQ(Received(), 6000U);
  EXPECT_EQ(Web1().points.size(), 2U);
  EXPECT_EQ(table_.TakeUpdates().size(), 2U);
}

TEST_F(AgentTableTest, ContinuesWithARestartedAgent) {
  Take(Own("a", 7, 5000));
  EXPECT_EQ(Take(Own("b", 1, 5600)), Result::kTaken);
  EXPECT_EQ(Received(), 5600U);
}

TEST_F(AgentTableTest, CountsNothingTwiceAfterAnAgentLostUpdates) {
  Take(Own("a", 7, 5000));
  Take(Own("b", 1, 4900));
  EXPECT_EQ(Received(), 5000U);
  Take(Own("b", 2, 5100));
  EXPECT_EQ(Received(), 5200U);
}

TEST_F(AgentTableTest, ContinuesWithAnAgentThatLostItsTotals) {
  Take(Own("a", 7, 5000));
  Take(Own("b", 1, 100, "another"));
  EXPECT_EQ(Received(), 5100U);
  Take(Own("b", 2, 150, "another"));
  EXPECT_EQ(Received(), 5150U);
}

TEST_F(AgentTableTest, ContinuesAfterACounterResetOfAPythonAgent) {
  Take(Plain("web1", 5000));
  Take(Plain("web1", 7000));
  Take(Plain("web1", 200));
  EXPECT_EQ(Received(), 7200U);
}

TEST_F(AgentTableTest, SaturatesATotalAtItsMaximum) {
  constexpr int64_t kMost = 4'294'967'296'000'000'000;  // in one update
  for (int i = 0; i < 20; ++i) {
    const uint64_t before = i == 0 ? 0 : Received();
    Take(Plain("web1", i % 2 == 0 ? kMost : 0));
    EXPECT_GE(Received(), before) << i;
  }
  EXPECT_EQ(Received(), uint64_t{INT64_MAX});
  AgentTable after = AgentTable::FromJson(table_.ToJson());
  after.Take(Plain("web1", kMost), kBegin);
  EXPECT_EQ(after.agents().at("web1").sample.receive_bytes,
            uint64_t{INT64_MAX});
}

TEST_F(AgentTableTest, LoadsTheStateOfAnEarlierVersion) {
  Take(Plain("web1", 5000));
  std::string state = table_.ToJson();
  const auto put = [&](const std::string& is, const std::string& was) {
    const auto at = state.find(is);
    ASSERT_NE(at, std::string::npos) << state;
    state.replace(at, is.size(), was);
  };
  put("\"last\":5000", "\"last\":-9223372036854775808");
  put("\"total\":5000", "\"total\":18446744073709551615");
  AgentTable after = AgentTable::FromJson(state);
  after.Take(Plain("web1", 7000), kBegin);
  EXPECT_EQ(after.agents().at("web1").sample.receive_bytes,
            uint64_t{INT64_MAX});
}

TEST_F(AgentTableTest, DetectsTwoProcessesUnderOneId) {
  Take(Own("a", 7, 5000));
  EXPECT_EQ(Take(Own("b", 1, 100)), Result::kTaken);
  EXPECT_EQ(Take(Own("a", 8, 5100)), Result::kTwoAgents);
  EXPECT_EQ(Received(), 5000U);
}

TEST_F(AgentTableTest, KeepsAgentsOfOneHostApart) {
  table_.Take(Plain("web1", 100), kBegin);
  table_.Take(Plain("web2", 7000), kBegin);
  table_.Take(Plain("web1", 150), kBegin);
  EXPECT_EQ(Received(), 150U);
  EXPECT_EQ(table_.agents().at("web2").sample.receive_bytes, 7000U);
}

TEST_F(AgentTableTest, DatesALateUpdateByItsAge) {
  TrafficUpdate late = Own("a", 1, 5000);
  late.origin.age_seconds = 600;
  table_.Take(late, kBegin);
  EXPECT_EQ(Web1().sample.last_update_ns, kBegin - 600 * kNsPerSecond);
  EXPECT_EQ(Web1().points.front().time_ns, kBegin - 600 * kNsPerSecond);
  EXPECT_THAT(table_.Age(kBegin), testing::SizeIs(1));
  EXPECT_TRUE(Web1().sample.active);
}

TEST_F(AgentTableTest, CallsAnAgentSilentAfterThirtySecondsAndKeepsItsHistory) {
  table_.Take(Plain("web1", 100), kBegin);
  EXPECT_THAT(table_.Age(kBegin + kNsPerSecond), testing::SizeIs(1));
  EXPECT_THAT(table_.Age(kBegin + 30 * kNsPerSecond), testing::IsEmpty());
  EXPECT_TRUE(Web1().sample.active);
  const auto turned = table_.Age(kBegin + 31 * kNsPerSecond);
  ASSERT_EQ(turned.size(), 1U);
  EXPECT_EQ(turned.front().id, "web1");
  EXPECT_FALSE(turned.front().active);
  EXPECT_EQ(Web1().points.size(), 1U);
  EXPECT_EQ(Received(), 100U);
  EXPECT_THAT(table_.Age(kBegin + 32 * kNsPerSecond), testing::IsEmpty());
  table_.Take(Plain("web1", 200), kBegin + 33 * kNsPerSecond);
  EXPECT_THAT(table_.Age(kBegin + 33 * kNsPerSecond), testing::SizeIs(1));
}

TEST_F(AgentTableTest, WaitsThreeIntervalsOfASlowAgent) {
  TrafficUpdate slow = Own("a", 1, 5000);
  slow.origin.interval_seconds = 60;
  table_.Take(slow, kBegin);
  table_.Age(kBegin + 180 * kNsPerSecond);
  EXPECT_TRUE(Web1().sample.active);
  table_.Age(kBegin + 181 * kNsPerSecond);
  EXPECT_FALSE(Web1().sample.active);
}

TEST_F(AgentTableTest, KeepsTheLastHundredPoints) {
  for (int i = 1; i <= 150; ++i) table_.Take(Plain("web1", i), kBegin + i);
  EXPECT_EQ(Web1().points.size(), 100U);
  EXPECT_EQ(Web1().points.front().receive_bytes, 51U);
  EXPECT_EQ(Web1().points.back().receive_bytes, 150U);
}

TEST_F(AgentTableTest, HasRoomForAThousandAgents) {
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(Take(Plain("n" + std::to_string(i), 1)), Result::kTaken);
  }
  EXPECT_EQ(Take(Plain("one-more", 1)), Result::kFull);
  EXPECT_EQ(Take(Plain("n7", 2)), Result::kTaken);
}

TEST_F(AgentTableTest, ForgetsAgentsThatAreSilentForLong) {
  for (int i = 0; i < 1000; ++i) Take(Plain("n" + std::to_string(i), 1));
  constexpr int64_t kLater = kBegin + 1000 * kNsPerSecond;
  EXPECT_EQ(table_.Take(Plain("n7", 2), kLater), Result::kTaken);
  AgentTable after = AgentTable::FromJson(table_.ToJson());
  for (AgentTable* table : {&table_, &after}) {
    EXPECT_EQ(table->Take(Plain("new", 1), kLater), Result::kFull);
    EXPECT_THAT(table->Expire(kBegin), testing::IsEmpty());
    EXPECT_THAT(table->Expire(kBegin + 1), testing::SizeIs(999));
    EXPECT_TRUE(table->agents().contains("n7"));
    EXPECT_EQ(table->Take(Plain("new", 1), kLater), Result::kTaken);
  }
}

TEST_F(AgentTableTest, ContinuesTotalsAfterItsOwnRestart) {
  Take(Own("a", 1, 5000));
  Take(Own("a", 2, 6000));
  Take(Plain("python", 300));
  AgentTable after = AgentTable::FromJson(table_.ToJson());
  const Agent& agent = after.agents().at("web1");
  EXPECT_EQ(agent.sample.receive_bytes, 6000U);
  EXPECT_EQ(agent.sample.last_update_ns, kBegin);
  after.Age(kBegin);
  EXPECT_FALSE(agent.sample.active);
  EXPECT_FALSE(agent.heard);
  EXPECT_EQ(after.Take(Own("a", 2, 6000), kBegin), Result::kRepeated);
  EXPECT_EQ(after.Take(Own("a", 9, 9000), kBegin), Result::kTaken);
  EXPECT_EQ(agent.sample.receive_bytes, 9000U);
  after.Take(Plain("python", 400), kBegin);
  EXPECT_EQ(after.agents().at("python").sample.receive_bytes, 400U);
}

TEST_F(AgentTableTest, RecoversUpdatesThatAKilledHubHadNotSaved) {
  Take(Own("a", 1, 5000));
  const std::string written = table_.ToJson();
  Take(Own("a", 2, 6000));
  Take(Own("b", 1, 6500));  // the agent was restarted as well
  AgentTable after = AgentTable::FromJson(written);
  after.Take(Own("b", 2, 7000), kBegin);
  EXPECT_EQ(after.agents().at("web1").sample.receive_bytes, 7000U);
}

TEST_F(AgentTableTest, RefusesAStateThatItDidNotWrite) {
  for (const char* text : {"", "{}", "[]", R"({"version":2,"agents":[]})",
                           R"({"version":1,"agents":[{"id":"a"}]})"}) {
    EXPECT_THROW(AgentTable::FromJson(text), Error) << text;
  }
}

}  // namespace
}  // namespace ntm::agents
