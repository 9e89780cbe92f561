#include "app/options/option_help.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "options_fixture.h"

namespace ntm {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class OptionHelpTest : public OptionsTest {
 protected:
  std::string TextOf(const std::vector<std::string>& words) {
    return Help(words, modules_);
  }
  std::string RefusalOf(const std::vector<std::string>& words) {
    try {
      TextOf(words);
    } catch (const Error& error) {
      EXPECT_EQ(error.exit_code(), kExitUsage);
      return error.what();
    }
    ADD_FAILURE() << "not refused";
    return "";
  }
};

void ExpectEightyColumns(const std::string& text) {
  size_t columns = 0;
  for (const char c : text) {
    columns = c == '\n' ? 0 : columns + ((c & 0xc0) == 0x80 ? 0 : 1);
    ASSERT_LE(columns, 80U) << text;
  }
}

TEST_F(OptionHelpTest, FlagAndSubcommandPrintOneScreen) {
  const std::string text = TextOf({});
  EXPECT_THAT(text, StartsWith("Usage: ntm [options] [filter …]\n"));
  EXPECT_THAT(text, HasSubstr("\n  -i, --interface NAME "));
  EXPECT_THAT(text, HasSubstr("\n  doctor "));
  EXPECT_THAT(text, HasSubstr("\n  capture "));
  EXPECT_LE(std::ranges::count(text, '\n'), 60);
  ExpectEightyColumns(text);
  for (const char* flag : {"-h", "--help"}) {
    const Options o = Parse({flag});
    EXPECT_EQ(o.action, Action::kPrint);
    EXPECT_EQ(o.text, text);
  }
}

TEST_F(OptionHelpTest, LeavesOutMostUsedOptionsThatAreNotBuiltIn) {
  EXPECT_THAT(TextOf({}), Not(HasSubstr("--database")));
}

TEST_F(OptionHelpTest, AllHasDefaultsAndVariables) {
  const std::string text = TextOf({"all"});
  ExpectEightyColumns(text);
  for (const char* part :
       {"Usage: ntm [options] [filter …]", " ntm doctor [--json]",
        "\ncapture: ", "-i, --interface NAME", "-p, --port PORT",
        "default 8000; env NTM_PORT)", "-b, --bind-ip, --bind_ip",
        "env NTM_BIND_IP, NTM_BIND)", "-s, --metric-prefix, --metric_prefix",
        "-c, --config", "env NTM_FILTERS)",
        "default true; env NTM_PROMISCUOUS)", "\ndisk:\n",
        "--disk.row-interval", "default 60; env NTM_DISK_ROW_INTERVAL)",
        "\n  ntm help [TOPIC"}) {
    EXPECT_THAT(Unwrapped(text), HasSubstr(part));
  }
  EXPECT_EQ(Parse({"--help", "all"}).text, text);
  EXPECT_EQ(Parse({"--help=all"}).text, text);
  EXPECT_EQ(Parse({"-i", "lo", "-h", "all"}).text, text);
}

TEST_F(OptionHelpTest, TopicHasItsOptionsOnly) {
  const std::string text = TextOf({"disk"});
  EXPECT_THAT(text, StartsWith("disk:\n  --disk.row-interval N\n"));
  EXPECT_THAT(text, HasSubstr("--hide NAME"));
  EXPECT_THAT(text, Not(HasSubstr("--port")));
  EXPECT_EQ(Parse({"--help", "disk"}).text, text);
}

TEST_F(OptionHelpTest, SubcommandHasItsOwn) {
  EXPECT_THAT(TextOf({"doctor"}), StartsWith("Usage: ntm doctor [--json]"));
  EXPECT_THAT(TextOf({"help"}), StartsWith("Usage: ntm help "));
}

TEST_F(OptionHelpTest, SuggestsTheNearestTopic) {
  EXPECT_THAT(RefusalOf({"captrue"}),
              HasSubstr("did you mean 'ntm help capture'?"));
  EXPECT_THAT(RefusalOf({"al"}), HasSubstr("did you mean 'ntm help all'?"));
  EXPECT_THAT(RefusalOf({"zzzzzzzzzz"}),
              HasSubstr("the topics are config, capture, "));
  EXPECT_THAT(RefusalOf({"disk", "capture"}), HasSubstr("one word"));
}

TEST_F(OptionHelpTest, IsPrintedEvenIfTheRestIsWrong) {
  environment_.Set("NTM_PORT", "abc");
  EXPECT_EQ(Parse({"--bogus", "-c", "/none", "--help"}).text, TextOf({}));
}

// --help was added to what is no question about a topic.
TEST_F(OptionHelpTest, IsTheScreenWhereNoTopicFollowsTheFlag) {
  EXPECT_EQ(Parse({"-h", "udp", "port", "53"}).text, TextOf({}));
  EXPECT_EQ(Parse({"--help", "-i", "lo"}).text, TextOf({}));
}

}  // namespace
}  // namespace ntm
