#include "ntm/http/http_target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>
#include <string>

namespace ntm {
namespace {

TEST(HttpTargetTest, AppendsThePath) {
  const HttpTarget target = ParseHttpUrl("http://am:9093/behind/", "/api");
  EXPECT_EQ(target.url, "http://am:9093/behind/api");
  EXPECT_EQ(target.shown, "http://am:9093/behind/");
  EXPECT_EQ(target.origin, "http://am:9093");
  EXPECT_FALSE(target.is_https);
}

TEST(HttpTargetTest, ShowsOnlyTheOriginOfASecretUrl) {
  const HttpTarget target =
      ParseSecretUrl("https://api.example.org/bot123:secret/send?key=k");
  EXPECT_EQ(target.url, "https://api.example.org/bot123:secret/send?key=k");
  EXPECT_EQ(target.shown, "https://api.example.org");
  EXPECT_TRUE(target.is_https);
}

TEST(HttpTargetTest, RepeatsNoSecretInAnErrorMessage) {
  for (const char* url : {"secret", "ftp://secret/x", "https://u:secret@h/"}) {
    try {
      ParseSecretUrl(url);
      ADD_FAILURE() << url;
    } catch (const std::invalid_argument& error) {
      EXPECT_THAT(error.what(), testing::Not(testing::HasSubstr("secret")));
    }
  }
}

TEST(HttpTargetTest, RefusesPort0) {
  for (const char* url : {"http://am:0", "http://am:00", "http://am:65536",
                          "http://am:99999/x", "http://am:x"}) {
    EXPECT_THROW(ParseHttpUrl(url, ""), std::invalid_argument) << url;
    EXPECT_THROW(ParseSecretUrl(url), std::invalid_argument) << url;
  }
  EXPECT_EQ(ParseHttpUrl("http://am:65535", "").origin, "http://am:65535");
}

}  // namespace
}  // namespace ntm
