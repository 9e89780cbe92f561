#include "modules/agents/push_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ntm::agents {
namespace {

TEST(PushTargetTest, AddsTheRouteToTheUrl) {
  EXPECT_EQ(ParsePushUrl("https://hub:8000").url,
            "https://hub:8000/api/traffic/update");
  EXPECT_EQ(ParsePushUrl("https://hub:8000/").url,
            "https://hub:8000/api/traffic/update");
  EXPECT_EQ(ParsePushUrl("http://hub/behind/proxy/").url,
            "http://hub/behind/proxy/api/traffic/update");
  EXPECT_EQ(ParsePushUrl("https://[fd00::1]:8000").url,
            "https://[fd00::1]:8000/api/traffic/update");
}

TEST(PushTargetTest, AllowsATokenOverTlsOrLoopbackOnly) {
  for (const char* url :
       {"https://hub:8000", "https://192.0.2.1", "http://127.0.0.1:8000",
        "http://127.9.8.7", "http://localhost:8000", "http://[::1]:8000",
        "HTTPS://hub"}) {
    EXPECT_TRUE(MayCarryToken(ParsePushUrl(url))) << url;
  }
  for (const char* url :
       {"http://hub:8000", "http://192.0.2.1", "http://127.0.0.1.example",
        "http://localhost.example", "http://[::2]", "http://[fd00::1]:8000",
        "http://127.example.net", "http://0.0.0.0:8000"}) {
    EXPECT_FALSE(MayCarryToken(ParsePushUrl(url))) << url;
  }
}

TEST(PushTargetTest, RefusesInvalidUrls) {
  for (const char* url : {"hub:8000", "hub", "ftp://hub", "file:///etc/passwd",
                          "https://", "https://hub?x=1", "https://hub#x",
                          "https://hub:99999", "https:// a"}) {
    EXPECT_THROW(ParsePushUrl(url), std::invalid_argument) << url;
  }
}

TEST(PushTargetTest, RefusesAPasswordWithoutPrintingIt) {
  try {
    ParsePushUrl("https://user:secret@hub:8000");
    ADD_FAILURE();
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("secret")));
    EXPECT_THAT(error.what(), testing::HasSubstr("--push-token-file"));
  }
}

TEST(PushTargetTest, DerivesAnIdFromAnyHostName) {
  EXPECT_EQ(IdOfHost("web1.example.net"), "web1.example.net");
  EXPECT_EQ(IdOfHost("my host/1"), "my-host-1");
  EXPECT_EQ(IdOfHost(std::string(100, 'a')), std::string(64, 'a'));
  EXPECT_EQ(IdOfHost(""), "ntm");
}

}  // namespace
}  // namespace ntm::agents
