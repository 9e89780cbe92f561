#include "ntm/http/credentials.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm {
namespace {

TEST(CredentialsTest, ReadsBearerAndBasic) {
  const auto bearer = CredentialsIn("bEARER  abc");
  ASSERT_TRUE(bearer);
  EXPECT_TRUE(bearer->is_bearer);
  EXPECT_EQ(bearer->secret, "abc");
  const auto basic = CredentialsIn("Basic dXNlcjpwYTpzcw==");  // user:pa:ss
  ASSERT_TRUE(basic);
  EXPECT_FALSE(basic->is_bearer);
  EXPECT_EQ(basic->user, "user");
  EXPECT_EQ(basic->secret, "pa:ss");
}

TEST(CredentialsTest, IgnoresOtherSchemesAndMalformedHeaders) {
  for (const char* header : {"", "Bearer", "Basic", "Basic ",
                             "Basic ====", "Basic dXNlcg==", "Basic !!!!",
                             "Digest x", "Bearerabc", "Basic dXNlcjpwYXN"}) {
    EXPECT_FALSE(CredentialsIn(header)) << header;
  }
}

TEST(CredentialsTest, DigestsAreEqualForEqualSecretsOnly) {
  EXPECT_TRUE(IsSame(DigestOf("a"), DigestOf("a")));
  EXPECT_FALSE(IsSame(DigestOf("a"), DigestOf("b")));
  EXPECT_FALSE(IsSame(DigestOf(""), DigestOf(std::string_view("\0", 1))));
}

TEST(CredentialsTest, RecognisesBcryptHashes) {
  const std::string good =
      "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy";
  EXPECT_TRUE(IsBcrypt(good));
  EXPECT_TRUE(IsBcrypt("$2y" + good.substr(3)));
  EXPECT_FALSE(IsBcrypt("$1$" + good.substr(3)));
  EXPECT_FALSE(IsBcrypt(good + "x"));
  EXPECT_FALSE(IsBcrypt(good.substr(1)));
  EXPECT_FALSE(IsBcrypt("secret word"));
}

}  // namespace
}  // namespace ntm
