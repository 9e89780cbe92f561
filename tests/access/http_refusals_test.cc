#include "ntm/access/http_refusals.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace ntm {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

TEST(HttpRefusalsTest, ExposesEveryReasonFromTheStart) {
  const auto family = HttpRefusals().Family();
  EXPECT_EQ(family.name, "ntm_http_refused_requests_total");
  ASSERT_EQ(family.metric.size(), HttpRefusals::kReasons);
  for (const auto& metric : family.metric) {
    ASSERT_EQ(metric.label.size(), 1U);
    EXPECT_EQ(metric.label[0].name, "reason");
    EXPECT_EQ(metric.counter.value, 0);
  }
}

TEST(HttpRefusalsTest, GroupsReasonsAndPeersInOneLine) {
  HttpRefusals refusals;
  EXPECT_EQ(refusals.TakeLine(), "");
  for (int i = 0; i < 40; ++i) {
    refusals.Note(RefusalReason::kCredentials,
                  "2001:db8::" + std::to_string(i));
  }
  refusals.Note(RefusalReason::kForbidden, "127.0.0.1");
  refusals.Note(RefusalReason::kForbidden, "192.0.2.1");
  refusals.Note(RefusalReason::kForbidden, "192.0.2.1");
  EXPECT_EQ(refusals.TakeLine(),
            "43 requests refused: missing or wrong credentials (40), not "
            "allowed for this peer, site or host (3); from 2001:db8::/64 "
            "(40), 192.0.2.1 (2), this machine (1)");
  EXPECT_EQ(refusals.TakeLine(), "");
  EXPECT_EQ(refusals.Family().metric[6].counter.value, 40);
}

TEST(HttpRefusalsTest, ListsAFewOfManyPeersAndSumsTheRest) {
  HttpRefusals refusals;
  for (int peer = 0; peer < 250; ++peer) {
    refusals.Note(RefusalReason::kGuesses, "192.0.2." + std::to_string(peer));
  }
  const std::string line = refusals.TakeLine();
  EXPECT_THAT(line, StartsWith("250 requests refused: too many passwords"));
  EXPECT_THAT(line, EndsWith(", others (245)"));
  EXPECT_LT(line.size(), 300U);
}

}  // namespace
}  // namespace ntm
