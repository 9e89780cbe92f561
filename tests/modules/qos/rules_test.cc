#include "modules/qos/rules.h"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>

namespace ntm::qos {
namespace {

TEST(RulesTest, HasTheDefaultRules) {
  const Rules rules = DefaultRules();
  EXPECT_EQ(rules.size(), 4U);
  EXPECT_EQ(rules.at("video"), (Rule{5, 50, 3, 46}));
  EXPECT_EQ(rules.at("voice"), (Rule{0.1, 10, 3, 46}));
  EXPECT_EQ(rules.at("file"), (Rule{0.5, 30, 1, 10}));
  EXPECT_EQ(rules.at("background"), (Rule{0, 20, 0, 0}));
  for (const auto& [name, rule] : rules) EXPECT_NO_THROW(Check(name, rule));
}

TEST(RulesTest, RefusesInvalidRules) {
  const Rule good{1, 20, 2, 34};
  EXPECT_NO_THROW(Check("game", good));
  struct Case {
    const char* name;
    Rule rule;
  };
  for (const Case& wrong :
       {Case{"game", {2, 1, 0, 0}}, Case{"game", {-1, 1, 0, 0}},
        Case{"game", {0, 0, 0, 0}}, Case{"game", {0, 1, 4, 0}},
        Case{"game", {0, 1, -1, 0}}, Case{"game", {0, 1, 0, 64}},
        Case{"game", {0, 1, 0, -1}}, Case{"game", {NAN, 1, 0, 0}},
        Case{"game", {0, INFINITY, 0, 0}}, Case{"Game", good}, Case{"", good},
        Case{"a b", good}}) {
    EXPECT_THROW(Check(wrong.name, wrong.rule), std::invalid_argument)
        << wrong.name << " " << wrong.rule.min_mbit;
  }
}

TEST(RulesTest, ReadsARuleFromText) {
  const auto [name, rule] = ParseRule("game=0.5/20/2/34");
  EXPECT_EQ(name, "game");
  EXPECT_EQ(rule, (Rule{0.5, 20, 2, 34}));
  for (const char* text :
       {"", "game", "game=", "game=1/2/3", "game=1/2/3/4/5", "game=1M/2/3/4",
        "game=1/2/4/4", "game=a/2/3/4", "=1/2/3/4", "game=1/2/3/"}) {
    EXPECT_THROW(ParseRule(text), std::invalid_argument) << text;
  }
}

TEST(RulesTest, WarnsIfTheMinimumsExceedTheLink) {
  EXPECT_TRUE(Warnings(DefaultRules(), 5.6).empty());
  EXPECT_EQ(Warnings(DefaultRules(), 5.5).size(), 1U);
  EXPECT_TRUE(Warnings(DefaultRules(), 0).empty());
}

TEST(RulesTest, JudgesByMinAndMax) {
  const Rule rule{5, 50, 3, 46};
  EXPECT_EQ(Judge(&rule, 60).action, "throttle");
  EXPECT_EQ(Judge(&rule, 60).reason, "exceeds_max");
  EXPECT_EQ(Judge(&rule, 60).target_mbit, 50);
  EXPECT_EQ(Judge(&rule, 1).action, "prioritize");
  EXPECT_EQ(Judge(&rule, 1).target_mbit, 5);
  EXPECT_EQ(Judge(&rule, 20).action, "maintain");
  EXPECT_EQ(Judge(&rule, 20).target_mbit, 20);
  EXPECT_EQ(Judge(&rule, 50).action, "maintain");
  EXPECT_EQ(Judge(&rule, 5).action, "maintain");
  EXPECT_EQ(Judge(nullptr, 5).action, "none");
}

}  // namespace
}  // namespace ntm::qos
