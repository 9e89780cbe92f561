#include "modules/alerts/alert_groups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "modules/alerts/message.h"

namespace ntm::alerts {
namespace {

Change Began(const std::string& subject, KindId kind = KindId::kAgentStale) {
  return {Change::What::kBegan, kind, subject, 1, "detail"};
}
Change Over(const std::string& subject) {
  return {Change::What::kRecovered, KindId::kAgentStale, subject, 0, ""};
}

TEST(AlertGroupsTest, DoesNotGroupTheFirstAlertsOfAKind) {
  AlertGroups groups;
  const auto told = groups.Take(Began("a"), AlertGroups::kMostOfAKind - 1);
  ASSERT_TRUE(told);
  EXPECT_EQ(told->subject, "a");
  EXPECT_EQ(groups.Take(Over("a"), AlertGroups::kMostOfAKind)->subject, "a");
}

TEST(AlertGroupsTest, GroupsTheFollowingAlertsIntoOne) {
  AlertGroups groups;
  const auto first = groups.Take(Began("n10"), AlertGroups::kMostOfAKind);
  ASSERT_TRUE(first);
  EXPECT_EQ(first->what, Change::What::kBegan);
  EXPECT_TRUE(IsGroup(first->kind, first->subject));
  EXPECT_THAT(MessageOf(*first), testing::HasSubstr("n10"));
  for (int i = 11; i < 1000; ++i) {
    EXPECT_FALSE(groups.Take(Began("n" + std::to_string(i)),
                             AlertGroups::kMostOfAKind + 1));
  }
  for (int i = 10; i < 999; ++i) {
    EXPECT_FALSE(groups.Take(Over("n" + std::to_string(i)),
                             AlertGroups::kMostOfAKind + 1));
  }
  const auto last = groups.Take(Over("n999"), AlertGroups::kMostOfAKind + 1);
  ASSERT_TRUE(last);
  EXPECT_EQ(last->what, Change::What::kRecovered);
  EXPECT_EQ(last->subject, "");
}

TEST(AlertGroupsTest, SeparatesKindsAndIgnoresAlertsWithoutASubject) {
  AlertGroups groups;
  groups.Take(Began("a"), AlertGroups::kMostOfAKind);
  EXPECT_TRUE(groups.Take(Began("eth0", KindId::kCaptureDown), 0));
  EXPECT_FALSE(IsGroup(KindId::kQuotaNear, ""));
  EXPECT_TRUE(groups.Take(Began("", KindId::kQuotaNear), 0));
}

}  // namespace
}  // namespace ntm::alerts
