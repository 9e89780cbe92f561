#include "modules/forecast/lstm.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>

#include "made_up_series.h"
#include "modules/forecast/state.h"

namespace ntm::forecast {
namespace {

constexpr LstmShape kSmall{3, 5, 2, 6};

std::vector<double> Numbers(size_t count, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<double> numbers(count);
  for (double& number : numbers) number = test::Noise(&random);
  return numbers;
}

TEST(LstmTest, GradientMatchesTheLossNumerically) {
  Lstm<double> net(kSmall, 7);
  // Larger weights than the initial ones, so that every gate has an effect.
  const std::vector<double> weights = Numbers(net.weights().size(), 1);
  for (size_t i = 0; i < weights.size(); ++i) {
    net.weights()[i] = 0.5 * weights[i];
  }
  constexpr size_t kBatch = 4;
  const std::vector<double> inputs =
      Numbers(kBatch * kSmall.steps * kSmall.inputs, 2);
  std::vector<double> targets = Numbers(kBatch * kSmall.outputs, 3);
  targets[3] = std::numeric_limits<double>::quiet_NaN();  // unknown
  targets[5] = 9;                                         // an outlier
  std::vector<const double*> sequences;
  for (size_t b = 0; b < kBatch; ++b) {
    sequences.push_back(inputs.data() + b * kSmall.steps * kSmall.inputs);
  }
  std::shared_ptr<LstmPassage<double>> room;
  net.Differentiate(sequences, targets, &room);
  const std::vector<double> gradient = net.gradient();
  constexpr double kNudge = 1e-5;
  for (size_t i = 0; i < gradient.size(); ++i) {
    const double kept = net.weights()[i];
    net.weights()[i] = kept + kNudge;
    const double above = net.Differentiate(sequences, targets, &room);
    net.weights()[i] = kept - kNudge;
    const double below = net.Differentiate(sequences, targets, &room);
    net.weights()[i] = kept;
    const double slope = (above - below) / (2 * kNudge);
    const double size =
        std::max({std::abs(slope), std::abs(gradient[i]), 1e-4});
    ASSERT_NEAR(gradient[i] / size, slope / size, 1e-4) << "weight " << i;
  }
}

// Sequences of a sine, each with the next value.
struct Sine {
  static constexpr LstmShape kShape{1, 16, 1, 12};
  Sine() {
    for (int i = 0; i < 300; ++i) {
      values.push_back(std::sin(0.2F * static_cast<float>(i)));
    }
    for (size_t i = 0; i + kShape.steps < values.size(); ++i) {
      sequences.push_back(values.data() + i);
      targets.push_back(values[i + kShape.steps]);
    }
  }
  std::vector<float> values;
  std::vector<const float*> sequences;
  std::vector<float> targets;
};

TEST(LstmTest, LearnsASine) {
  const Sine sine;
  Lstm<float> net(Sine::kShape, 1);
  std::shared_ptr<LstmPassage<float>> room;
  const float before = net.Differentiate(sine.sequences, sine.targets, &room);
  float after = before;
  for (int i = 0; i < 600; ++i) {
    after = net.Differentiate(sine.sequences, sine.targets, &room);
    net.Step(0.01F);
  }
  EXPECT_GT(before, 0.1F);
  EXPECT_LT(after, 1e-4F);
}

TEST(LstmTest, ContinuesBitIdenticallyFromAWrittenState) {
  const Sine sine;
  Lstm<float> net(Sine::kShape, 1);
  const auto learn = [&sine](Lstm<float>* learner) {
    std::shared_ptr<LstmPassage<float>> room;
    for (int i = 0; i < 20; ++i) {
      learner->Differentiate(sine.sequences, sine.targets, &room);
      learner->Step(0.01F);
    }
  };
  learn(&net);
  StateWriter out;
  net.Write(&out);
  const std::string bytes = out.Take();
  Lstm<float> read(Sine::kShape, 99);
  StateReader in(bytes);
  ASSERT_TRUE(read.Read(&in));
  learn(&net);
  learn(&read);
  EXPECT_EQ(net.weights(), read.weights());

  Lstm<float> other({2, 16, 1, 12}, 1);
  StateReader again(bytes);
  EXPECT_FALSE(other.Read(&again)) << "a state of another shape was taken";
}

}  // namespace
}  // namespace ntm::forecast
