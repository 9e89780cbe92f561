#include "password_check.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm {
namespace {

using std::chrono::steady_clock;
using Result = PasswordCheck::Result;

// bcrypt with the least cost, of "secret word".
constexpr char kHashOfSecret[] =
    "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy";
constexpr int kFree = 20;

class PasswordCheckTest : public testing::Test {
 protected:
  Result Check(const std::string& user, const std::string& password) {
    return check_.Check(user, password, now_);
  }

  PasswordCheck check_{{{"alice", kHashOfSecret}}};
  steady_clock::time_point now_ = steady_clock::now();
};

TEST_F(PasswordCheckTest, KnowsTheRightPasswordOfTheRightUserOnly) {
  EXPECT_EQ(Check("alice", "secret word"), Result::kRight);
  for (const char* wrong : {"", "secret", "secret word ", "Secret word"}) {
    EXPECT_EQ(Check("alice", wrong), Result::kWrong) << wrong;
  }
  EXPECT_EQ(Check("bob", "secret word"), Result::kWrong);
  EXPECT_EQ(Check("", "secret word"), Result::kWrong);
  EXPECT_EQ(Check("alice", std::string("secret word\0x", 13)), Result::kWrong);
}

TEST_F(PasswordCheckTest, GuessingIsSlowedDownAndKnownPasswordsAreNot) {
  EXPECT_EQ(Check("alice", "secret word"), Result::kRight);
  for (int i = 1; i < kFree; ++i) {
    EXPECT_EQ(Check("alice", std::to_string(i)), Result::kWrong);
  }
  EXPECT_EQ(Check("alice", "another"), Result::kTooMany);
  EXPECT_EQ(Check("bob", "another"), Result::kTooMany);
  EXPECT_EQ(Check("alice", "secret word"), Result::kRight);
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(Check("alice", "another"), Result::kWrong);
}

TEST_F(PasswordCheckTest, AnUnknownUserCostsWhatAKnownOneDoes) {
  // Both take from the same few: neither is answered without a hash.
  for (int i = 0; i < kFree; ++i) {
    EXPECT_EQ(Check("bob" + std::to_string(i), "x"), Result::kWrong);
  }
  EXPECT_EQ(Check("bob", "x"), Result::kTooMany);
}

TEST(HashMatchesTest, ReadsAllFormsOfBcrypt) {
  const std::string tail = std::string(kHashOfSecret).substr(4);
  for (const char* kind : {"$2a$", "$2b$", "$2y$"}) {
    EXPECT_TRUE(HashMatches("secret word", kind + tail)) << kind;
    EXPECT_FALSE(HashMatches("secret", kind + tail)) << kind;
  }
  EXPECT_FALSE(HashMatches("", ""));
  EXPECT_FALSE(HashMatches("*0", "*0"));
}

}  // namespace
}  // namespace ntm
