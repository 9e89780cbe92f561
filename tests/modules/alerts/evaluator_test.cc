#include "modules/alerts/evaluator.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ntm/base/unix_time.h"

namespace ntm::alerts {
namespace {

using What = Change::What;
using std::chrono::seconds;

// Feeds one value of an agent's utilization per second.
class EvaluatorTest : public testing::Test {
 protected:
  void Feed(double value, int for_seconds, const std::string& agent = "web1") {
    for (int i = 0; i < for_seconds; ++i) {
      Step({{KindId::kAgentUtilization, agent, value, 1, "1000 Mbit/s"}});
    }
  }
  void FeedNothing(int for_seconds) {
    for (int i = 0; i < for_seconds; ++i) Step({});
  }
  void FeedState(KindId kind, bool holds, int for_seconds) {
    for (int i = 0; i < for_seconds; ++i) {
      Step({{kind, "eth0", holds ? 1.0 : 0.0, 1, "down"}});
    }
  }
  void Step(const std::vector<Reading>& readings) {
    now_ns_ += kNsPerSecond;
    for (const Change& change : evaluator_.Step(now_ns_, readings)) {
      changes_.push_back(change.what);
      at_s_.push_back(now_ns_ / kNsPerSecond);
    }
  }

  int64_t now_ns_ = 0;
  Evaluator evaluator_{DefaultRules(), seconds(60)};
  std::vector<What> changes_;
  std::vector<int64_t> at_s_;
};

TEST_F(EvaluatorTest, RaisesOneAlertAfterTwoHighChecksAndEndsItOnce) {
  Feed(0.99, 1000);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
  EXPECT_EQ(at_s_.front(),
            121);  // the first check starts with the first second
  Feed(0.2, 1000);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kRecovered));
}

TEST_F(EvaluatorTest, RaisesNoAlertAfterASingleHighCheck) {
  Feed(0.5, 61);
  Feed(0.99, 60);
  Feed(0.5, 600);
  EXPECT_THAT(changes_, testing::IsEmpty());
}

TEST_F(EvaluatorTest, AveragesOverTheCheckInterval) {
  // Bursts: 40 s of every 60 s at full rate are less than 95 %.
  for (int i = 0; i < 10; ++i) {
    Feed(1, 40);
    Feed(0.1, 20);
  }
  EXPECT_THAT(changes_, testing::IsEmpty());
  // One idle second per minute does not hide a full link.
  for (int i = 0; i < 10; ++i) {
    Feed(1, 59);
    Feed(0, 1);
  }
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
}

TEST_F(EvaluatorTest, RaisesNoAlertForASourceThatGoesStaleWhileHigh) {
  Feed(0.99, 70);  // one check is high, the second has started
  FeedNothing(1000);
  EXPECT_THAT(changes_, testing::IsEmpty());
}

TEST_F(EvaluatorTest, EndsTheAlertOfAStaleSource) {
  Feed(0.99, 130);
  FeedNothing(14);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
  FeedNothing(2);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kWentQuiet));
  FeedNothing(1000);
  EXPECT_EQ(changes_.size(), 2U);
}

TEST_F(EvaluatorTest, IgnoresValuesBetweenRecoveryAndThreshold) {
  Feed(0.99, 130);
  for (int i = 0; i < 20; ++i) {
    Feed(0.91, 60);
    Feed(0.97, 60);
  }
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
}

TEST_F(EvaluatorTest, WaitsForTheCoolDownBeforeANewAlert) {
  Feed(0.99, 121);
  Feed(0.2, 60);
  ASSERT_EQ(changes_.size(), 2U);
  const int64_t ended_s = at_s_.back();
  Feed(0.99, 700);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kRecovered,
                                             What::kBegan));
  EXPECT_GE(at_s_.back() - ended_s, 300);
  EXPECT_LE(at_s_.back() - ended_s, 360);
}

TEST_F(EvaluatorTest, KeepsTheCoolDownOfASubjectThatComesAndGoes) {
  Feed(0.99, 121);
  FeedNothing(20);
  ASSERT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kWentQuiet));
  Feed(0.99, 200);
  EXPECT_EQ(changes_.size(), 2U);
  Feed(0.99, 200);
  EXPECT_EQ(changes_.size(), 3U);
}

TEST_F(EvaluatorTest, KeepsSubjectsApart) {
  for (int i = 0; i < 130; ++i) {
    Step({{KindId::kAgentUtilization, "web1", 0.99, 1, ""},
          {KindId::kAgentUtilization, "web2", 0.1, 1, ""}});
  }
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
}

TEST_F(EvaluatorTest, WaitsForThePendingTimeOfAState) {
  FeedState(KindId::kCaptureDown, true, 20);
  FeedState(KindId::kCaptureDown, false, 1);
  FeedState(KindId::kCaptureDown, true, 30);
  EXPECT_THAT(changes_, testing::IsEmpty());
  FeedState(KindId::kCaptureDown, true, 1);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
  FeedState(KindId::kCaptureDown, false, 1);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kRecovered));
}

TEST_F(EvaluatorTest, WeightsAShareByItsFrames) {
  Step({{KindId::kCoverageLow, "eth0", 1, 0, ""}});
  // Half of 100,000 frames dropped in one second, then seconds without drops.
  for (int minute = 0; minute < 2; ++minute) {
    Step({{KindId::kCoverageLow, "eth0", 0.5, 100'000, ""}});
    for (int i = 0; i < 59; ++i) {
      Step({{KindId::kCoverageLow, "eth0", 1, 10, ""}});
    }
  }
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
  // Without frames there is no ratio and no alert.
  for (int i = 0; i < 130; ++i) {
    Step({{KindId::kCoverageLow, "eth0", 1, 0, ""}});
  }
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kWentQuiet));
}

TEST_F(EvaluatorTest, RaisesNoAlertForADisabledRule) {
  Rules rules = DefaultRules();
  rules[static_cast<size_t>(KindId::kAgentUtilization)].enabled = false;
  evaluator_ = Evaluator(rules, seconds(60));
  Feed(5, 1000);
  EXPECT_THAT(changes_, testing::IsEmpty());
}

TEST_F(EvaluatorTest, ContinuesAnAlertFromBeforeARestart) {
  evaluator_.Resume(KindId::kAgentUtilization, "web1", now_ns_);
  EXPECT_FALSE(evaluator_.IsConfirmed(KindId::kAgentUtilization, "web1"));
  FeedNothing(100);  // its agent starts pushing again only now
  Feed(0.99, 130);
  EXPECT_THAT(changes_, testing::IsEmpty());
  EXPECT_TRUE(evaluator_.IsConfirmed(KindId::kAgentUtilization, "web1"));
  Feed(0.2, 60);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kRecovered));
}

TEST_F(EvaluatorTest, EndsAResumedAlertWithoutReadings) {
  evaluator_.Resume(KindId::kAgentUtilization, "web1", now_ns_);
  FeedNothing(179);
  EXPECT_THAT(changes_, testing::IsEmpty());
  FeedNothing(1);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kWentQuiet));
}

TEST_F(EvaluatorTest, StaysSilentAfterAnAlertWasEndedByHandUntilItRecovers) {
  Feed(0.99, 121);
  evaluator_.Silence(KindId::kAgentUtilization, "web1");
  Feed(0.99, 1200);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
  Feed(0.2, 400);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan));
  Feed(0.99, 240);
  EXPECT_THAT(changes_, testing::ElementsAre(What::kBegan, What::kBegan));
}

}  // namespace
}  // namespace ntm::alerts
