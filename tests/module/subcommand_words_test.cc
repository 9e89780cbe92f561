#include "ntm/module/subcommand_words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/base/error.h"

namespace ntm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::array<std::string_view, 1> kFlags = {"--json"};
constexpr std::array<std::string_view, 2> kOptions = {"--from", "--to"};

TEST(SubcommandWordsTest, TakesItsOwnWordsAndLeavesTheOthers) {
  std::vector<std::string> words = {"--json", "-i",     "eth0", "--from",
                                    "2026",   "--to=5", "udp"};
  EXPECT_THAT(
      TakeSubcommandWords(kFlags, kOptions, "history", &words),
      ElementsAre(testing::Pair("--from", "2026"), testing::Pair("--json", ""),
                  testing::Pair("--to", "5")));
  EXPECT_THAT(words, ElementsAre("-i", "eth0", "udp"));
}

TEST(SubcommandWordsTest, RefusesAnOptionWithoutItsValue) {
  std::vector<std::string> words = {"--to"};
  try {
    TakeSubcommandWords(kFlags, kOptions, "history", &words);
    ADD_FAILURE() << "--to alone is taken";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr("ntm history: --to"));
    EXPECT_THAT(error.what(), HasSubstr("ntm history --help"));
    EXPECT_EQ(error.exit_code(), kExitUsage);
  }
}

}  // namespace
}  // namespace ntm
