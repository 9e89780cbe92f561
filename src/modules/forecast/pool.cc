#include "pool.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr double kPower = 5;
constexpr double kSlowDays = 3.5;
constexpr double kFastDays = 0.7;
constexpr double kMustBeat = 0.95;
constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr size_t kGateDays = 2;
constexpr double kTrim = 0.25;     // share of the weight cut off at each end
constexpr double kCut = 10;        // times the usual error
constexpr double kNewcomer = 1.5;  // of the pool's error
constexpr double kProbation = 30;  // in forecasts: the weight of that error
constexpr double kEnoughUsual = 10;
constexpr double kTiny = 1e-9;

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

void Judgement::Write(StateWriter* out) const {
  slow.Write(out);
  fast.Write(out);
}

void Judgement::Read(StateReader* in) {
  slow.Read(in);
  fast.Read(in);
}

void Combined::Write(StateWriter* out) const {
  for (const double forecast : choices) out->Put(forecast);
  out->Put(uint64_t{choice});
}

void Combined::Read(StateReader* in) {
  for (double& forecast : choices) in->Get(&forecast);
  uint64_t number = 0;
  in->Get(&number);
  choice = std::min<size_t>(number, kChoices - 1);
}

void PoolAnswer::Write(StateWriter* out) const {
  without_lstm.Write(out);
  with_lstm.Write(out);
  out->Put(has_lstm);
  out->Put(takes_lstm);
}

void PoolAnswer::Read(StateReader* in, uint32_t version) {
  if (version >= kStateWithGate) {
    without_lstm.Read(in);
    with_lstm.Read(in);
    in->Get(&has_lstm);
    in->Get(&takes_lstm);
    return;
  }
  // The networks always took part, and one forecast without them was kept.
  double published = 0;
  double without = 0;
  bool gated = false;
  with_lstm.Read(in);
  in->Get(&published);
  in->Get(&without);
  in->Get(&gated);
  without_lstm = with_lstm;
  has_lstm = takes_lstm = without != published;
  if (has_lstm) without_lstm.choices.fill(without);
}

Pool::Pool(size_t day_bins, size_t steps)
    : slow_fading_(FadingFor(kSlowDays, day_bins)),
      fast_fading_(FadingFor(kFastDays, day_bins)),
      credits_for_gate_(kGateDays * day_bins + steps),
      lstm_gate_(day_bins, steps) {}

Pool::Ratings Pool::Rate(const MemberForecasts& forecasts, bool slowly,
                         bool with_lstm) const {
  Ratings ratings;
  ratings.fill(kInfinity);
  for (size_t m = 0; m < kMembers; ++m) {
    if (IsLstm(m) && !with_lstm) continue;
    if (std::isnan(forecasts[m]) || !judged_[m].any()) continue;
    ratings[m] = slowly ? judged_[m].slow.mean() : judged_[m].Error();
  }
  return ratings;
}

std::array<double, kMembers> Pool::Weights(
    const MemberForecasts& forecasts) const {
  return WeightsOf(Rate(forecasts, false, lstm_gate_.open()));
}

size_t Pool::Choose(const Record& record) const {
  if (credited_ < credits_for_gate_) return kMixed;
  size_t best = kMixed;
  for (size_t c = 0; c < kChoices; ++c) {
    const double ahead = best == kMixed ? kMustBeat : 1;
    if (record[c].slow.mean() < ahead * record[best].slow.mean()) best = c;
  }
  return best;
}

Combined Pool::Combine(const MemberForecasts& forecasts, bool with_lstm) const {
  const Ratings slow = Rate(forecasts, true, with_lstm);
  Combined combined;
  combined.choices[kMixed] =
      Mix(WeightsOf(Rate(forecasts, false, with_lstm)), forecasts, kTrim);
  combined.choices[kSlowlyMixed] = Mix(WeightsOf(slow), forecasts, 0);
  combined.choices[kBestNaive] =
      static_cast<double>(forecasts[BestNaiveOf(slow)]);
  combined.choice =
      Choose(with_lstm ? judged_with_lstm_ : judged_without_lstm_);
  return combined;
}

PoolAnswer Pool::Answer(MemberForecasts* forecasts, double largest) const {
  const auto most = static_cast<float>(kLargestGrowth * largest);
  PoolAnswer answer;
  for (size_t m = 0; m < kMembers; ++m) {
    float& forecast = (*forecasts)[m];
    if (std::isnan(forecast)) continue;
    forecast = std::clamp(forecast, 0.F, most);
    answer.has_lstm = answer.has_lstm || IsLstm(m);
  }
  answer.without_lstm = Combine(*forecasts, false);
  answer.with_lstm =
      answer.has_lstm ? Combine(*forecasts, true) : answer.without_lstm;
  answer.takes_lstm = answer.has_lstm && lstm_gate_.open();
  return answer;
}

void Pool::Credit(const MemberForecasts& said, const PoolAnswer& answer,
                  double actual) {
  published_error_.Add(std::abs(answer.published() - actual), slow_fading_);
  const double most =
      usual_.weight() > kEnoughUsual ? kCut * usual_.mean() + kTiny : kInfinity;
  const auto limited = [actual, most](double forecast) {
    return std::min(std::abs(forecast - actual), most);
  };
  usual_.Add(limited(answer.without_lstm.choices[kMixed]), fast_fading_);
  const Judgement& pool = judged_without_lstm_[kMixed];
  for (size_t m = 0; m < kMembers; ++m) {
    if (std::isnan(said[m])) continue;
    const auto forecast = static_cast<double>(said[m]);
    errors_[m].Add(std::abs(forecast - actual), slow_fading_);
    if (!judged_[m].any() && pool.any()) {
      judged_[m].slow.Start(kNewcomer * pool.slow.mean(), kProbation);
      judged_[m].fast.Start(kNewcomer * pool.fast.mean(), kProbation);
    }
    judged_[m].Add(limited(forecast), slow_fading_, fast_fading_);
  }
  for (size_t c = 0; c < kChoices; ++c) {
    judged_without_lstm_[c].Add(limited(answer.without_lstm.choices[c]),
                                slow_fading_, fast_fading_);
    judged_with_lstm_[c].Add(limited(answer.with_lstm.choices[c]), slow_fading_,
                             fast_fading_);
  }
  if (answer.has_lstm) {
    lstm_gate_.Add(limited(answer.with_lstm.chosen()),
                   limited(answer.without_lstm.chosen()));
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
  for (const Judgement& judged : judged_without_lstm_) judged.Write(out);
  for (const Judgement& judged : judged_with_lstm_) judged.Write(out);
  lstm_gate_.Write(out);
  usual_.Write(out);
  published_error_.Write(out);
  out->Put(credited_);
}

void Pool::Read(StateReader* in, uint32_t version) {
  for (FadingMean& error : errors_) error.Read(in);
  for (Judgement& judged : judged_) judged.Read(in);
  for (Judgement& judged : judged_without_lstm_) judged.Read(in);
  if (version < kStateWithGate) {
    judged_with_lstm_ = judged_without_lstm_;
  } else {
    for (Judgement& judged : judged_with_lstm_) judged.Read(in);
    lstm_gate_.Read(in);
  }
  usual_.Read(in);
  published_error_.Read(in);
  in->Get(&credited_);
}

}  // namespace ntm::forecast
