#include "modules/agents/push_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <random>
#include <string>
#include <variant>
#include <vector>

#include "modules/agents/agent_table.h"
#include "modules/agents/push_meter.h"

namespace ntm::agents {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using Outcome = PushQueue::Outcome;

TrafficUpdate Numbered(uint64_t sequence) {
  TrafficUpdate update;
  update.is_ntm = true;
  update.origin.sequence = sequence;
  return update;
}

class PushQueueTest : public testing::Test {
 protected:
  static constexpr size_t kLimit = 3;

  // The sequence number of the returned update; 0 for none.
  uint64_t Take(PushQueue::Time now) {
    const auto update = line_.Take(now);
    return update ? update->origin.sequence : 0;
  }

  double random_ = 0;
  PushQueue line_{kLimit, [this] { return random_; }};
};

TEST_F(PushQueueTest, ReturnsTheOldestFirstAndOneAtATime) {
  EXPECT_EQ(line_.due(), std::nullopt);
  line_.Add(Numbered(1), seconds(0));
  line_.Add(Numbered(2), seconds(5));
  EXPECT_EQ(Take(seconds(5)), 1U);
  EXPECT_EQ(Take(seconds(5)), 0U);
  EXPECT_EQ(line_.due(), std::nullopt);
  line_.Done(Outcome::kTaken, seconds(6));
  EXPECT_EQ(Take(seconds(6)), 2U);
  line_.Done(Outcome::kTaken, seconds(6));
  EXPECT_EQ(line_.size(), 0U);
  EXPECT_EQ(line_.taken(), 2U);
}

TEST_F(PushQueueTest, ReturnsTheAgeOfAnUpdateWhenItIsSent) {
  line_.Add(Numbered(1), seconds(10));
  EXPECT_EQ(line_.Take(seconds(10))->origin.age_seconds, 0);
  line_.Done(Outcome::kFailed, seconds(10));
  EXPECT_EQ(line_.Take(milliseconds(42'500))->origin.age_seconds, 32.5);
}

TEST_F(PushQueueTest, RetriesWithExponentialBackoff) {
  line_.Add(Numbered(1), seconds(0));
  PushQueue::Time now{};
  for (const int pause : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_EQ(Take(now), 1U);
    line_.Done(Outcome::kFailed, now);
    EXPECT_EQ(*line_.due() - now, seconds(pause));
    EXPECT_EQ(Take(*line_.due() - milliseconds(1)), 0U);
    now = *line_.due();
  }
  EXPECT_EQ(Take(now), 1U);
  line_.Done(Outcome::kTaken, now);
  line_.Add(Numbered(2), now);
  EXPECT_EQ(Take(now), 2U);
  line_.Done(Outcome::kFailed, now);
  EXPECT_EQ(*line_.due() - now, seconds(1));
}

TEST_F(PushQueueTest, AddsJitterOfUpToHalfAPause) {
  line_.Add(Numbered(1), seconds(0));
  random_ = 1;
  Take(seconds(0));
  line_.Done(Outcome::kFailed, seconds(0));
  EXPECT_EQ(*line_.due(), milliseconds(500));
  random_ = 0.5;
  Take(seconds(1));
  line_.Done(Outcome::kFailed, seconds(1));
  EXPECT_EQ(*line_.due(), milliseconds(2500));
}

TEST_F(PushQueueTest, DropsTheOldestBeyondItsLimitAndCountsThem) {
  for (uint64_t i = 1; i <= 5; ++i) line_.Add(Numbered(i), seconds(0));
  EXPECT_EQ(line_.size(), 3U);
  EXPECT_EQ(line_.dropped(), 2U);
  EXPECT_EQ(Take(seconds(0)), 3U);
}

TEST_F(PushQueueTest, DropsAFailedUpdateIfTheQueueIsFull) {
  line_.Add(Numbered(1), seconds(0));
  EXPECT_EQ(Take(seconds(0)), 1U);
  for (uint64_t i = 2; i <= 4; ++i) line_.Add(Numbered(i), seconds(0));
  line_.Done(Outcome::kFailed, seconds(0));
  EXPECT_EQ(line_.dropped(), 1U);
  EXPECT_EQ(Take(*line_.due()), 2U);
}

TEST_F(PushQueueTest, ForgetsAnUpdateThatIsRejected) {
  line_.Add(Numbered(1), seconds(0));
  line_.Add(Numbered(2), seconds(0));
  Take(seconds(0));
  line_.Done(Outcome::kRejected, seconds(0));
  EXPECT_EQ(line_.rejected(), 1U);
  EXPECT_EQ(Take(seconds(0)), 2U);
}

// An agent and its hub in simulated time.
class Outage {
 public:
  // One second: a tick of the agent, then all pushes that are due.
  void Second() {
    now_ += seconds(1);
    received_ += 1000;
    InterfaceReport report;
    report.site.down_bytes = received_;
    const auto update = meter_.Read(report, seconds(1));
    if (update) {
      made_.push_back(update->receive_bytes);
      line_.Add(*update, now_);
    }
    while (const auto due = line_.Take(now_)) {
      line_.Done(Push(ToJson(*due)), now_);
    }
  }

  void Run(std::chrono::seconds time) {
    for (int64_t i = 0; i < time.count(); ++i) Second();
  }

  bool hub_is_there_ = true;
  // One in this many answers is lost, although the hub has accepted the update.
  int lose_every_ = 0;

  std::vector<int64_t> made_;
  std::vector<AgentSample> arrived_;
  int attempts_ = 0;
  AgentTable hub_;
  PushQueue line_{
      10'000,
      [this] { return std::uniform_real_distribution<double>(0, 1)(random_); }};

 private:
  Outcome Push(const std::string& body) {
    ++attempts_;
    if (!hub_is_there_) return Outcome::kFailed;
    const auto parsed = ParseUpdate(body);
    const auto& update = std::get<TrafficUpdate>(parsed);
    hub_.Take(update, now_.count());
    for (AgentSample& sample : hub_.TakeUpdates()) {
      arrived_.push_back(std::move(sample));
    }
    const bool is_lost = lose_every_ > 0 && attempts_ % lose_every_ == 0;
    return is_lost ? Outcome::kFailed : Outcome::kTaken;
  }

  PushQueue::Time now_ = minutes(1000);
  uint64_t received_ = 0;
  std::minstd_rand random_{7};
  PushMeter meter_{{"web1", "run", "series", "boot", seconds(5)}, std::nullopt};
};

std::vector<int64_t> TotalsOf(const std::vector<AgentSample>& samples) {
  std::vector<int64_t> totals;
  for (const AgentSample& sample : samples) {
    totals.push_back(static_cast<int64_t>(sample.receive_bytes));
  }
  return totals;
}

TEST(OutageTest, UpdatesOfTenMinutesArriveOnceAndInOrder) {
  Outage outage;
  outage.Run(minutes(1));
  outage.hub_is_there_ = false;
  const int before = outage.attempts_;
  outage.Run(minutes(10));
  EXPECT_GE(outage.line_.size(), 119U);
  EXPECT_LE(outage.attempts_ - before, 40);  // the hub is not overloaded
  outage.hub_is_there_ = true;
  outage.Run(minutes(1));
  EXPECT_EQ(outage.line_.size(), 0U);
  EXPECT_EQ(outage.line_.dropped(), 0U);
  EXPECT_GE(outage.made_.size(), 143U);
  EXPECT_EQ(TotalsOf(outage.arrived_), outage.made_);
  // Each has the time at which it was made, not of its arrival.
  for (size_t i = 2; i < outage.arrived_.size(); ++i) {
    EXPECT_NEAR(static_cast<double>(outage.arrived_[i].last_update_ns -
                                    outage.arrived_[i - 1].last_update_ns),
                5e9, 1e3);
  }
}

TEST(OutageTest, LostAnswersCountNothingTwice) {
  Outage outage;
  outage.lose_every_ = 3;
  outage.Run(minutes(30));
  outage.lose_every_ = 0;
  outage.Run(minutes(2));
  EXPECT_EQ(outage.line_.size(), 0U);
  EXPECT_EQ(TotalsOf(outage.arrived_), outage.made_);
  EXPECT_EQ(outage.hub_.agents().at("web1").sample.receive_bytes,
            static_cast<uint64_t>(outage.made_.back()));
}

}  // namespace
}  // namespace ntm::agents
