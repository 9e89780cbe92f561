#include "modules/forecast/pool.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <random>
#include <string>

#include "made_up_series.h"
#include "modules/forecast/lstm_gate.h"

namespace ntm::forecast {
namespace {

constexpr size_t kDayOfGate = 96;
constexpr double kHelps = 0.8;
constexpr double kCosts = 1.2;

// Credits `ratio` for up to `most` forecasts; returns after how many the gate
// was first as `open` says.
size_t CreditUntil(bool open, double ratio, size_t most, LstmGate* gate) {
  for (size_t i = 0; i < most; ++i) {
    if (gate->open() == open) return i;
    gate->Add(ratio, 1);
  }
  return most;
}

TEST(LstmGateTest, IsClosedWithoutARecord) {
  const LstmGate gate(kDayOfGate, 1);
  EXPECT_FALSE(gate.open());
  EXPECT_GT(gate.Ratio(), 1);
}

TEST(LstmGateTest, StaysClosedWhereTheNetworksMakeNoDifference) {
  LstmGate gate(kDayOfGate, 1);
  EXPECT_EQ(CreditUntil(true, 1, 100 * kDayOfGate, &gate), 100 * kDayOfGate);
  LstmGate exact(kDayOfGate, 1);
  for (size_t i = 0; i < 10 * kDayOfGate; ++i) exact.Add(0, 0);
  EXPECT_FALSE(exact.open());
}

TEST(LstmGateTest, OpensWhenTheNetworksHelpAndClosesWhenTheyCost) {
  LstmGate gate(kDayOfGate, 4);
  const size_t opened = CreditUntil(true, kHelps, 10 * kDayOfGate, &gate);
  EXPECT_LT(opened, kDayOfGate);
  for (size_t i = 0; i < 7 * kDayOfGate; ++i) gate.Add(kHelps, 1);
  const size_t closed = CreditUntil(false, kCosts, 100 * kDayOfGate, &gate);
  EXPECT_GT(closed, kDayOfGate) << "one bad day outweighed a good week";
  EXPECT_LT(closed, 14 * kDayOfGate);
  EXPECT_LT(CreditUntil(true, kHelps, 100 * kDayOfGate, &gate),
            30 * kDayOfGate);
}

TEST(LstmGateTest, NeedsALongerRecordForALongerHorizon) {
  LstmGate near(kDayOfGate, 1);
  LstmGate far(kDayOfGate, kDayOfGate);
  const size_t most = 28 * kDayOfGate;
  EXPECT_LT(CreditUntil(true, kHelps, most, &near), kDayOfGate);
  const size_t far_opened = CreditUntil(true, kHelps, most, &far);
  EXPECT_GT(far_opened, 7 * kDayOfGate) << "a lucky week opened it";
  EXPECT_LT(far_opened, most);
}

TEST(LstmGateTest, DoesNotFlutterAboutTheThreshold) {
  LstmGate gate(kDayOfGate, 1);
  for (size_t i = 0; i < 30 * kDayOfGate; ++i) gate.Add(kHelps, 1);
  size_t changes = 0;
  // Alternating days of little help and little cost.
  for (size_t i = 0; i < 200 * kDayOfGate; ++i) {
    const bool before = gate.open();
    gate.Add(i / kDayOfGate % 2 == 0 ? 1.02 : 0.98, 1);
    changes += gate.open() != before ? 1 : 0;
  }
  EXPECT_LE(changes, 1U);
}

TEST(LstmGateTest, ContinuesFromAWrittenState) {
  LstmGate gate(kDayOfGate, 4);
  CreditUntil(true, kHelps, 1000, &gate);
  ASSERT_TRUE(gate.open());
  StateWriter out;
  gate.Write(&out);
  const std::string bytes = out.Take();
  LstmGate read(kDayOfGate, 4);
  StateReader in(bytes);
  read.Read(&in);
  EXPECT_TRUE(in.ok() && in.at_end());
  EXPECT_TRUE(read.open());
  EXPECT_EQ(read.Ratio(), gate.Ratio());
  EXPECT_EQ(CreditUntil(false, kCosts, 10000, &read),
            CreditUntil(false, kCosts, 10000, &gate));
}

// A pool of members that know a noisy future.
class PoolOfMembers {
 public:
  explicit PoolOfMembers(bool has_lstm) : has_lstm_(has_lstm) {}

  // A bin: the networks are off by `lstm_noise`, the others by 0.1.
  PoolAnswer Bin(double lstm_noise) {
    const double actual = 100 * std::exp(0.1 * test::Noise(&random_));
    MemberForecasts forecasts;
    for (size_t m = 0; m < kMembers; ++m) {
      const double noise = IsLstm(m) ? lstm_noise : 0.1;
      forecasts[m] =
          static_cast<float>(actual * std::exp(noise * test::Noise(&random_)));
      if (IsLstm(m) && !has_lstm_) forecasts[m] = std::nanf("");
    }
    const PoolAnswer answer = pool_.Answer(&forecasts, 1000);
    weights_ = pool_.Weights(forecasts);
    pool_.Credit(forecasts, answer, actual);
    return answer;
  }
  double LstmWeight() const {
    return weights_[kLstmChange] + weights_[kLstmResidual];
  }
  const Pool& pool() const { return pool_; }

 private:
  bool has_lstm_;
  std::mt19937_64 random_{7};
  Pool pool_{kDayOfGate, 1};
  std::array<double, kMembers> weights_{};
};

TEST(PoolTest, WithoutNetworksIsAsIfTheyDidNotExist) {
  PoolOfMembers with(true);
  PoolOfMembers without(false);
  size_t different = 0;
  for (size_t i = 0; i < 5 * kDayOfGate; ++i) {
    const PoolAnswer one = with.Bin(i < 200 ? 0.01 : 1);
    const PoolAnswer other = without.Bin(0);
    ASSERT_EQ(one.without_lstm.choices, other.without_lstm.choices) << i;
    ASSERT_EQ(one.without_lstm.choice, other.without_lstm.choice) << i;
    ASSERT_EQ(other.with_lstm.chosen(), other.published()) << i;
    EXPECT_FALSE(other.takes_lstm);
    different += one.published() != other.published() ? 1 : 0;
  }
  EXPECT_GT(different, 100U) << "the networks were never used";
}

TEST(PoolTest, PublishesTheNetworksOnlyWhileTheyHelp) {
  PoolOfMembers members(true);
  EXPECT_FALSE(members.Bin(0.01).takes_lstm) << "without a record";
  EXPECT_EQ(members.LstmWeight(), 0);
  PoolAnswer answer;
  for (size_t i = 0; i < 5 * kDayOfGate; ++i) answer = members.Bin(0.01);
  EXPECT_TRUE(answer.takes_lstm);
  EXPECT_EQ(answer.published(), answer.with_lstm.chosen());
  EXPECT_NE(answer.published(), answer.without_lstm.chosen());
  EXPECT_GT(members.LstmWeight(), 0.9);
  EXPECT_LT(members.pool().lstm_gate().Ratio(), 0.9);
}

TEST(PoolTest, ReadsAnAnswerOfTheVersionBefore) {
  StateWriter out;
  for (const double forecast : {5.0, 6.0, 7.0}) out.Put(forecast);
  out.Put(uint64_t{kSlowlyMixed});
  out.Put(6.0);  // published
  out.Put(4.0);  // without networks
  out.Put(false);
  const std::string bytes = out.Take();
  StateReader in(bytes);
  PoolAnswer answer;
  answer.Read(&in, kStateWithGate - 1);
  EXPECT_TRUE(in.ok() && in.at_end());
  EXPECT_TRUE(answer.has_lstm);
  EXPECT_EQ(answer.published(), 6);
  EXPECT_EQ(answer.without_lstm.chosen(), 4);
  EXPECT_FALSE(answer.gated());
}

}  // namespace
}  // namespace ntm::forecast
