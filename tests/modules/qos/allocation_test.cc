#include "modules/qos/allocation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace ntm::qos {
namespace {

constexpr double kTolerance = 1e-6;

Claim Video(double demand) { return {demand, 5, 50, 3}; }
Claim Voice(double demand) { return {demand, 0.1, 10, 3}; }
Claim File(double demand) { return {demand, 0.5, 30, 1}; }
Claim Background(double demand) { return {demand, 0, 20, 0}; }

double Sum(const std::vector<double>& shares) {
  return std::accumulate(shares.begin(), shares.end(), 0.0);
}

void ExpectShares(const std::vector<Claim>& claims, double total,
                  const std::vector<double>& expected) {
  const auto shares = Allocate(claims, total);
  ASSERT_EQ(shares.size(), expected.size());
  for (size_t i = 0; i < shares.size(); ++i) {
    EXPECT_NEAR(shares[i], expected[i], kTolerance) << i;
  }
}

TEST(AllocationTest, GivesHighPrioritiesAFifthMoreThanTheyNeed) {
  ExpectShares({Background(10), File(20), Video(30), Voice(5)}, 100,
               {10, 20, 36, 6});
}

// Video could use the whole link, but voice gets its minimum.
TEST(AllocationTest, KeepsTheMinimumOfVoiceBesideAGreedyVideo) {
  const auto shares = Allocate({{100, 5, 1000, 3}, {10, 0.1, 10, 3}}, 100);
  EXPECT_GE(shares[1], 0.1);
  EXPECT_NEAR(Sum(shares), 100, kTolerance);
  ExpectShares({Video(100), Voice(10)}, 100, {50, 10});
}

TEST(AllocationTest, ReducesTheLowestPriorityFirst) {
  ExpectShares({Video(40), File(30), Background(20)}, 70, {48, 22, 0});
  ExpectShares({Video(40), File(30), Background(20)}, 40, {39.5, 0.5, 0});
}

TEST(AllocationTest, NeverExceedsAMax) {
  ExpectShares({Video(500), Voice(500), File(500), Background(500)}, 1000,
               {50, 10, 30, 20});
}

TEST(AllocationTest, ScalesTheMinimumsDownTogether) {
  ExpectShares({{10, 8, 20, 3}, {10, 2, 20, 0}}, 5, {4, 1});
}

TEST(AllocationTest, GivesNoMoreThanTheDemandToAClassBelowItsMin) {
  ExpectShares({Video(1), File(100)}, 10, {1.2, 8.8});
}

TEST(AllocationTest, SharesFairlyWithinAPriority) {
  ExpectShares({{10, 0, 100, 1}, {50, 0, 100, 1}, {90, 0, 100, 1}}, 70,
               {10, 30, 30});
  ExpectShares({{100, 40, 100, 1}, {100, 0, 100, 1}, {100, 0, 100, 1}}, 60,
               {40, 10, 10});
}

TEST(AllocationTest, AllocatesNothingIfTheTotalIsZero) {
  EXPECT_TRUE(Allocate({}, 100).empty());
  ExpectShares({Video(10), Background(10)}, 0, {0, 0});
  ExpectShares({Video(10), Background(10)}, -5, {0, 0});
  ExpectShares({Video(0)}, 100, {0});
}

TEST(AllocationTest, TreatsNanAsZero) {
  const double nan = std::nan("");
  ExpectShares({{nan, 1, 10, 3}, {10, nan, 10, 0}}, 100, {0, 10});
  ExpectShares({{-3, 1, 10, 3}}, nan, {0});
}

// A hundred thousand links, with many boundary values.
class RandomLinks {
 public:
  double Amount() {
    switch (random_() % 8) {
      case 0:
        return 0;
      case 1:
        return static_cast<double>(random_() % 10);
      case 2:
        return 1e9 * Unit();
      case 3:
        return 1e-3 * Unit();
      default:
        return 100 * Unit();
    }
  }

  std::vector<Claim> Claims() {
    std::vector<Claim> claims(random_() % 9);
    for (Claim& claim : claims) {
      claim.demand = Amount();
      claim.min = Amount();
      claim.max = random_() % 8 == 0 ? INFINITY : claim.min + Amount();
      claim.priority = static_cast<int>(random_() % 4);
    }
    return claims;
  }

 private:
  double Unit() { return std::uniform_real_distribution<>(0, 1)(random_); }

  std::mt19937_64 random_{20261121};
};

double Wants(const Claim& claim) {
  return std::min(claim.demand * (claim.priority >= 2 ? 1.2 : 1.0), claim.max);
}

double Floor(const Claim& claim) {
  return std::min({claim.min, claim.demand, claim.max});
}

void ExpectFair(const std::vector<Claim>& claims,
                const std::vector<double>& shares, double slack) {
  for (size_t i = 0; i < claims.size(); ++i) {
    const bool wants_more = shares[i] < Wants(claims[i]) - slack;
    if (!wants_more) continue;
    for (size_t j = 0; j < claims.size(); ++j) {
      // A claim of lower priority, or an equal one with more, has its minimum
      // only.
      const bool lower = claims[j].priority < claims[i].priority;
      const bool richer_equal = claims[j].priority == claims[i].priority &&
                                shares[j] > shares[i] + slack;
      if (lower || richer_equal) {
        ASSERT_LE(shares[j], Floor(claims[j]) + slack);
      }
    }
  }
}

TEST(AllocationTest, KeepsItsInvariantsForRandomLinks) {
  RandomLinks links;
  for (int round = 0; round < 100'000; ++round) {
    const auto claims = links.Claims();
    const double total = links.Amount();
    const auto shares = Allocate(claims, total);
    ASSERT_EQ(shares.size(), claims.size());
    double floors = 0;
    double wants = 0;
    for (const Claim& claim : claims) {
      floors += Floor(claim);
      wants += Wants(claim);
    }
    const double slack = 1e-9 * (1 + total + wants);
    ASSERT_LE(Sum(shares), total + slack);
    // No bandwidth is left unused.
    ASSERT_GE(Sum(shares), std::min(total, wants) - slack);
    const double scale = floors > total ? total / floors : 1;
    for (size_t i = 0; i < claims.size(); ++i) {
      ASSERT_GE(shares[i], Floor(claims[i]) * scale - slack);
      ASSERT_LE(shares[i], claims[i].max);
      ASSERT_LE(shares[i], Wants(claims[i]) + slack);
    }
    if (scale == 1) ExpectFair(claims, shares, slack);
  }
}

}  // namespace
}  // namespace ntm::qos
