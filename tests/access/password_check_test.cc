#include "access/password_check.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm {
namespace {

using std::chrono::steady_clock;
using Result = PasswordCheck::Result;

// bcrypt of "secret word", with the lowest cost.
constexpr char kHashOfSecret[] =
    "$2b$04$m6eFtdPQk19xawdt8YgwfeQuH/D16XOmw5.xwY2cWTZDFGYi3SAJy";
constexpr int kBurst = 20;
constexpr int kBurstPerPeer = 5;

class PasswordCheckTest : public testing::Test {
 protected:
  Result Check(const std::string& user, const std::string& password,
               const std::string& peer = "192.0.2.1") {
    const auto known = check_.CheckKnown(peer, user, password, now_);
    return known ? *known : check_.CheckHash(user, password);
  }

  PasswordCheck check_{{{"alice", kHashOfSecret}}};
  steady_clock::time_point now_ = steady_clock::now();
};

TEST_F(PasswordCheckTest, AcceptsOnlyTheRightPasswordOfTheRightUser) {
  EXPECT_EQ(Check("alice", "secret word"), Result::kRight);
  int peer = 1;
  for (const char* wrong : {"", "secret", "secret word ", "Secret word"}) {
    EXPECT_EQ(Check("alice", wrong, "192.0.2." + std::to_string(++peer)),
              Result::kWrong)
        << wrong;
  }
  EXPECT_EQ(Check("bob", "secret word"), Result::kWrong);
  EXPECT_EQ(Check("", "secret word"), Result::kWrong);
  EXPECT_EQ(Check("alice", std::string("secret word\0x", 13)), Result::kWrong);
}

TEST_F(PasswordCheckTest, LimitsGuessesButNotKnownPasswords) {
  EXPECT_EQ(Check("alice", "secret word"), Result::kRight);
  for (int i = 1; i < kBurstPerPeer; ++i) {
    EXPECT_EQ(Check("alice", std::to_string(i)), Result::kWrong);
  }
  EXPECT_EQ(Check("alice", "another"), Result::kTooMany);
  EXPECT_EQ(Check("bob", "another"), Result::kTooMany);
  EXPECT_EQ(Check("alice", "secret word"), Result::kRight);
  now_ += std::chrono::seconds(1);
  EXPECT_EQ(Check("alice", "another"), Result::kWrong);
}

TEST_F(PasswordCheckTest, APeerThatGuessesDoesNotBlockOthers) {
  for (int i = 0; i < 100; ++i)
    Check("alice", std::to_string(i), "2001:db8::1");
  EXPECT_EQ(Check("alice", "x", "2001:db8::2"), Result::kTooMany)
      << "on the same link";
  EXPECT_EQ(Check("alice", "secret word", "2001:db8:0:1::1"), Result::kRight);
}

TEST_F(PasswordCheckTest, LimitsTheGuessesOfAllPeersTogether) {
  int hashed = 0;
  for (int i = 0; i < 4 * kBurst; ++i) {
    const std::string peer = "192.0.2." + std::to_string(i);
    if (Check("alice", "x", peer) == Result::kWrong) ++hashed;
  }
  EXPECT_EQ(hashed, kBurst);
}

TEST_F(PasswordCheckTest, AnUnknownUserTakesAsLongAsAKnownOne) {
  // Both use the same attempts, so neither is answered without hashing.
  for (int i = 0; i < kBurstPerPeer; ++i) {
    EXPECT_EQ(Check("bob" + std::to_string(i), "x"), Result::kWrong);
  }
  EXPECT_EQ(Check("bob", "x"), Result::kTooMany);
}

TEST_F(PasswordCheckTest, HashesARightPasswordOnce) {
  EXPECT_FALSE(check_.CheckKnown("192.0.2.1", "alice", "secret word", now_));
  EXPECT_EQ(check_.CheckHash("alice", "secret word"), Result::kRight);
  EXPECT_EQ(check_.CheckKnown("192.0.2.1", "alice", "secret word", now_),
            Result::kRight);
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
