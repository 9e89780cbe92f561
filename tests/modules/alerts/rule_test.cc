#include "modules/alerts/rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <stdexcept>
#include <string>

namespace ntm::alerts {
namespace {

const Kind& Utilization() { return KindOf(KindId::kLinkUtilization); }

TEST(RuleTest, HasEveryKindAtItsIndexWithUniqueNames) {
  std::set<std::string> names;
  std::set<std::string> options;
  for (size_t i = 0; i < kKindCount; ++i) {
    const Kind& kind = AllKinds()[i];
    EXPECT_EQ(static_cast<size_t>(kind.id), i) << kind.name;
    names.insert(kind.name);
    options.insert(kind.option);
  }
  EXPECT_EQ(names.size(), kKindCount);
  EXPECT_EQ(options.size(), kKindCount);
}

TEST(RuleTest, ParsesItsOwnOutput) {
  for (const Kind& kind : AllKinds()) {
    const std::string text = ToText(kind, kind.rule);
    EXPECT_EQ(ToText(kind, ParseRule(kind, text)), text) << kind.name;
  }
  EXPECT_EQ(ToText(Utilization(), Utilization().rule),
            "95% for 2m recovery 90% cool-down 5m warning");
}

TEST(RuleTest, ATimeIsAThreshold) {
  const Kind& slow = KindOf(KindId::kDnsSlow);
  EXPECT_EQ(ToText(slow, slow.rule),
            "250ms for 10m recovery 200ms cool-down 5m warning");
  const Rule rule = ParseRule(slow, "1s for 1m");
  EXPECT_EQ(rule.threshold, 1);
  EXPECT_DOUBLE_EQ(rule.recovery, 0.8);
  for (const char* text : {"0.25", "25%", "0ms", "2h", "100ms recovery 1s"}) {
    EXPECT_THROW(ParseRule(slow, text), std::invalid_argument) << text;
  }
}

TEST(RuleTest, KeepsDefaultsOfPartsThatAreNotGiven) {
  const Rule rule = ParseRule(Utilization(), "critical for 30s");
  EXPECT_EQ(ToText(Utilization(), rule),
            "95% for 30s recovery 90% cool-down 5m critical");
  EXPECT_FALSE(ParseRule(Utilization(), "off").enabled);
}

TEST(RuleTest, MovesTheRecoveryWithTheThreshold) {
  EXPECT_NEAR(ParseRule(Utilization(), "19%").recovery, 0.18, 1e-9);
  EXPECT_NEAR(ParseRule(Utilization(), "0.5 recovery 0.5").recovery, 0.5, 1e-9);
  const Kind& coverage = KindOf(KindId::kCoverageLow);
  EXPECT_LE(ParseRule(coverage, "99.9%").recovery, 1);
}

TEST(RuleTest, RefusesInvalidRules) {
  for (const char* text :
       {"", " ", "95 %", "high", "-1", "for", "for 2", "recovery", "nan",
        "95% recovery 96%", "95%%", "95% for 2m now", "1e99"}) {
    EXPECT_THROW(ParseRule(Utilization(), text), std::invalid_argument) << text;
  }
  EXPECT_THROW(ParseRule(KindOf(KindId::kCaptureDown), "95%"),
               std::invalid_argument);
  EXPECT_THROW(ParseRule(KindOf(KindId::kCoverageLow), "95% recovery 90%"),
               std::invalid_argument);
}

TEST(RuleTest, RefusesThresholdsThatCannotBeReached) {
  for (const KindId id : {KindId::kLinkUtilization, KindId::kAgentUtilization,
                          KindId::kPredictedSaturation, KindId::kCoverageLow,
                          KindId::kSeriesLimit}) {
    for (const char* text : {"150%", "1.01", "50% recovery 101%"}) {
      EXPECT_THROW(ParseRule(KindOf(id), text), std::invalid_argument)
          << KindOf(id).option << " " << text;
    }
    EXPECT_NO_THROW(ParseRule(KindOf(id), "100% recovery 100%"));
  }
  EXPECT_NO_THROW(ParseRule(KindOf(KindId::kClassAboveMax), "150%"));
  EXPECT_NO_THROW(ParseRule(KindOf(KindId::kQuotaExceeded), "120%"));
}

}  // namespace
}  // namespace ntm::alerts
