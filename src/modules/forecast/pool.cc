#include "pool.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr double kPower = 6;
constexpr double kSlowDays = 3.5;
constexpr double kFastDays = 0.7;
constexpr double kMustBeat = 0.95;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr size_t kGateDays = 2;
constexpr double kTrim = 0.1;      // share of the weight cut off at each end
constexpr double kCut = 10;        // times the usual error
constexpr double kNewcomer = 1.5;  // of the pool's error
constexpr double kProbation = 30;  // in forecasts: the weight of that error
constexpr double kEnoughUsual = 10;
constexpr double kTiny = 1e-9;

double FadingFor(double days, size_t day_bins) {
  return std::exp(-1 / (days * static_cast<double>(day_bins)));
}

// Fractions that sum up to 1.
std::array<double, kMembers> WeightsOf(
    const std::array<double, kMembers>& ratings) {
  const double least = *std::ranges::min_element(ratings);
  std::array<double, kMembers> weights{};
  if (!std::isfinite(least)) {
    weights[kPersistence] = 1;
    return weights;
  }
  double sum = 0;
  for (size_t m = 0; m < kMembers; ++m) {
    if (!std::isfinite(ratings[m])) continue;
    weights[m] = std::pow((least + kTiny) / (ratings[m] + kTiny), kPower);
    sum += weights[m];
  }
  for (double& weight : weights) weight /= sum;
  return weights;
}

// The weighted mean, with the share `trim` of the weight cut off at each end.
double Mix(const std::array<double, kMembers>& weights,
           const MemberForecasts& forecasts, double trim) {
  std::array<std::pair<double, double>, kMembers> said;
  size_t count = 0;
  double total = 0;
  for (size_t m = 0; m < kMembers; ++m) {
    if (weights[m] <= 0 || std::isnan(forecasts[m])) continue;
    said[count++] = {static_cast<double>(forecasts[m]), weights[m]};
    total += weights[m];
  }
  if (total <= 0) return static_cast<double>(forecasts[kPersistence]);
  std::sort(said.begin(), said.begin() + static_cast<std::ptrdiff_t>(count));
  const double first = trim * total;
  const double last = total - first;
  double sum = 0;
  double passed = 0;
  for (size_t i = 0; i < count; ++i) {
    const double inside =
        std::min(passed + said[i].second, last) - std::max(passed, first);
    passed += said[i].second;
    if (inside > 0) sum += inside * said[i].first;
  }
  return sum / (last - first);
}

size_t BestNaiveOf(const std::array<double, kMembers>& ratings) {
  size_t best = kPersistence;
  for (size_t m = 0; m < kNaiveMembers; ++m) {
    if (ratings[m] < ratings[best]) best = m;
  }
  return best;
}

}  // namespace

void FadingMean::Write(StateWriter* out) const {
  out->Put(mean_);
  out->Put(weight_);
}

void FadingMean::Read(StateReader* in) {
  in->Get(&mean_);
  in->Get(&weight_);
}

void Judgement::Write(StateWriter* out) const {
  slow.Write(out);
  fast.Write(out);
}

void Judgement::Read(StateReader* in) {
  slow.Read(in);
  fast.Read(in);
}

Pool::Pool(size_t day_bins, size_t steps)
    : slow_fading_(FadingFor(kSlowDays, day_bins)),
      fast_fading_(FadingFor(kFastDays, day_bins)),
      credits_for_gate_(kGateDays * day_bins + steps) {}

Pool::Ratings Pool::Rate(const MemberForecasts& forecasts, bool slowly) const {
  Ratings ratings;
  ratings.fill(kInfinity);
  for (size_t m = 0; m < kMembers; ++m) {
    if (std::isnan(forecasts[m]) || !judged_[m].any()) continue;
    ratings[m] = slowly ? judged_[m].slow.mean() : judged_[m].Error();
  }
  return ratings;
}

std::array<double, kMembers> Pool::Weights(
    const MemberForecasts& forecasts) const {
  return WeightsOf(Rate(forecasts, false));
}

size_t Pool::Choose() const {
  if (credited_ < credits_for_gate_) return kMixed;
  size_t best = kMixed;
  for (size_t c = 0; c < kChoices; ++c) {
    const double ahead = best == kMixed ? kMustBeat : 1;
    if (judged_choices_[c].slow.mean() <
        ahead * judged_choices_[best].slow.mean()) {
      best = c;
    }
  }
  return best;
}

PoolAnswer Pool::Answer(MemberForecasts* forecasts, double largest) const {
  const auto most = static_cast<float>(kLargestGrowth * largest);
  for (float& forecast : *forecasts) {
    if (!std::isnan(forecast)) forecast = std::clamp(forecast, 0.F, most);
  }
  const auto choose = [forecasts](const Ratings& fast, const Ratings& slow) {
    std::array<double, kChoices> choices{};
    choices[kMixed] = Mix(WeightsOf(fast), *forecasts, kTrim);
    choices[kSlowlyMixed] = Mix(WeightsOf(slow), *forecasts, 0);
    choices[kBestNaive] = static_cast<double>((*forecasts)[BestNaiveOf(slow)]);
    return choices;
  };
  Ratings fast = Rate(*forecasts, false);
  Ratings slow = Rate(*forecasts, true);
  PoolAnswer answer;
  answer.choice = Choose();
  answer.choices = choose(fast, slow);
  answer.published = answer.choices[answer.choice];
  answer.gated = answer.choice == kBestNaive;
  for (size_t m = 0; m < kMembers; ++m) {
    if (IsLstm(m)) fast[m] = slow[m] = kInfinity;
  }
  answer.without_lstm = choose(fast, slow)[answer.choice];
  return answer;
}

void Pool::Credit(const MemberForecasts& said, const PoolAnswer& answer,
                  double actual) {
  const double mixed = std::abs(answer.choices[kMixed] - actual);
  published_error_.Add(std::abs(answer.published - actual), slow_fading_);
  const double most = usual_.weight() > kEnoughUsual
                          ? kCut * usual_.mean() + kTiny
                          : std::numeric_limits<double>::infinity();
  usual_.Add(std::min(mixed, most), fast_fading_);
  for (size_t m = 0; m < kMembers; ++m) {
    if (std::isnan(said[m])) continue;
    const double error = std::abs(static_cast<double>(said[m]) - actual);
    errors_[m].Add(error, slow_fading_);
    if (!judged_[m].any() && judged_choices_[kMixed].any()) {
      judged_[m].slow.Start(kNewcomer * judged_choices_[kMixed].slow.mean(),
                            kProbation);
      judged_[m].fast.Start(kNewcomer * judged_choices_[kMixed].fast.mean(),
                            kProbation);
    }
    judged_[m].Add(std::min(error, most), slow_fading_, fast_fading_);
  }
  for (size_t c = 0; c < kChoices; ++c) {
    judged_choices_[c].Add(std::min(std::abs(answer.choices[c] - actual), most),
                           slow_fading_, fast_fading_);
  }
  ++credited_;
}

double Judgement::Error() const { return std::sqrt(slow.mean() * fast.mean()); }

double Pool::Skill() const {
  double best = std::numeric_limits<double>::infinity();
  for (size_t m = 0; m < kNaiveMembers; ++m) {
    if (errors_[m].weight() > 0) best = std::min(best, errors_[m].mean());
  }
  if (!std::isfinite(best) || best <= 0) return 0;
  return 1 - published_error_.mean() / best;
}

void Pool::Write(StateWriter* out) const {
  for (const FadingMean& error : errors_) error.Write(out);
  for (const Judgement& judged : judged_) judged.Write(out);
  for (const Judgement& judged : judged_choices_) judged.Write(out);
  usual_.Write(out);
  published_error_.Write(out);
  out->Put(credited_);
}

void Pool::Read(StateReader* in) {
  for (FadingMean& error : errors_) error.Read(in);
  for (Judgement& judged : judged_) judged.Read(in);
  for (Judgement& judged : judged_choices_) judged.Read(in);
  usual_.Read(in);
  published_error_.Read(in);
  in->Get(&credited_);
}

}  // namespace ntm::forecast
