#include "modules/agents/accepted_ids.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ntm::agents {
namespace {

TEST(AcceptedIdsTest, AcceptsNamesAndPatterns) {
  const AcceptedIds ids({"web1", "db-?", "rack*.lan", "*a*b*"});
  for (const char* id :
       {"web1", "db-7", "rack.lan", "rack12.row3.lan", "ab", "xaxbx"}) {
    EXPECT_TRUE(ids.Takes(id)) << id;
  }
  for (const char* id : {"web", "web11", "Web1", "db-", "db-10", "rack12.lan2",
                         "ba", "", "web1 ", "a/b", "rack/.lan"}) {
    EXPECT_FALSE(ids.Takes(id)) << id;
  }
  EXPECT_THAT(ids.names(), testing::ElementsAre("web1"));
}

TEST(AcceptedIdsTest, AcceptsAllWithAStarAndNoneIfEmpty) {
  EXPECT_TRUE(AcceptedIds({"*"}).Takes("anyone"));
  EXPECT_FALSE(AcceptedIds({"*"}).Takes(std::string(65, 'a')));
  EXPECT_FALSE(AcceptedIds().Takes("anyone"));
  EXPECT_TRUE(AcceptedIds().empty());
}

TEST(AcceptedIdsTest, MatchesAdversarialPatternsFast) {
  const AcceptedIds ids({"*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b"});
  EXPECT_FALSE(ids.Takes(std::string(64, 'a')));
}

TEST(AcceptedIdsTest, RefusesPatternsThatNoIdCanMatch) {
  for (const char* pattern : {"", "a b", "web[12]", "a/b", "\xc3\xa4"}) {
    EXPECT_THROW(AcceptedIds({pattern}), std::invalid_argument) << pattern;
  }
}

}  // namespace
}  // namespace ntm::agents
