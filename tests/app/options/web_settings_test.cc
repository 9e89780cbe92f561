#include "app/options/web_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "options_fixture.h"

namespace ntm {
namespace {

using testing::HasSubstr;
using testing::Not;

class WebSettingsTest : public OptionsTest {
 protected:
  std::string RefusalOf(const std::string& tokens) {
    Options options;
    options.token_path = WriteFile(tokens, "tokens");
    chmod(options.token_path.c_str(), 0600);
    try {
      ReadWebSettings(options, false);
    } catch (const Error& error) {
      return error.what();
    }
    return "taken";
  }
};

TEST_F(WebSettingsTest, KeepsOnlyDigestsOfTokens) {
  Options options;
  options.token_path = WriteFile("# of the page\nfirst\n\nsecond\n", "tokens");
  chmod(options.token_path.c_str(), 0600);
  const WebSettings settings = ReadWebSettings(options, true);
  EXPECT_THAT(settings.access.tokens,
              testing::ElementsAre(DigestOf("first"), DigestOf("second")));
  EXPECT_TRUE(settings.access.writes_need_token);
  EXPECT_THAT(settings.paths, testing::ElementsAre(options.token_path));
}

TEST_F(WebSettingsTest, RefusesFilesWithoutATokenOrWithAMalformedOne) {
  EXPECT_THAT(RefusalOf("# nothing\n"), HasSubstr("has no token"));
  const std::string refusal = RefusalOf("fine\nnot a token\n");
  EXPECT_THAT(refusal, HasSubstr("token 2 is malformed"));
  EXPECT_THAT(refusal, Not(HasSubstr("not a token\n")));
}

TEST_F(WebSettingsTest, WarnsOfAnOpenServerWithoutUsers) {
  WebSettings settings;
  EXPECT_EQ(WarningFor({"127.0.0.1:8000", "[::1]:8000"}, settings), "");
  for (const char* address : {"[::]:8000", "0.0.0.0:8000", "192.0.2.1:80"}) {
    EXPECT_THAT(WarningFor({"127.0.0.1:8000", address}, settings),
                HasSubstr(address));
  }
  settings.access.users["alice"] = "x";
  EXPECT_EQ(WarningFor({"[::]:8000"}, settings), "");
  settings.access.users.clear();
  settings.access.clients_are_certified = true;
  EXPECT_EQ(WarningFor({"[::]:8000"}, settings), "");
}

TEST_F(WebSettingsTest, RefusesMalformedHostNames) {
  EXPECT_THAT(Parse({"--web.host-name", "A.example,b"}).host_names,
              testing::ElementsAre("a.example", "b"));
  EXPECT_THAT(
      Parse({"--web.allow-host", "c", "--web.host-name", "d"}).host_names,
      testing::ElementsAre("c", "d"));
  EXPECT_THAT(Refusal({"--web.host-name", "http://a"}, kExitUsage),
              HasSubstr("leave out scheme and port"));
}

}  // namespace
}  // namespace ntm
