#include "lstm_members.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <random>

#include "autoregression.h"
#include "state.h"
#include "unknown.h"

namespace ntm::forecast {
namespace {

constexpr size_t kBatch = 32;
constexpr float kFirstRate = 4e-3F;
constexpr float kLastRate = 4e-4F;
constexpr float kUpdateRate = 1e-3F;
constexpr float kLongestInput = 8;
constexpr size_t kPlainInputs = 4;
constexpr size_t kMostHeldOut = 4;  // at most a fourth of all rows
constexpr size_t kBetweenPauses = 256;

float Bounded(double value) {
  return std::clamp(static_cast<float>(value), -kLongestInput, kLongestInput);
}

// 1.25 times the mean absolute value: close to the standard deviation of a
// normal distribution around 0, and less sensitive to outliers.
float ScaleOf(std::vector<float> values) {
  std::erase_if(values, [](float v) { return !std::isfinite(v); });
  if (values.empty()) return 1;
  double sum = 0;
  for (float& v : values) {
    v = std::abs(v);
    sum += static_cast<double>(v);
  }
  const double mean = sum / static_cast<double>(values.size());
  return std::max(static_cast<float>(mean * 1.25), 1e-4F);
}

}  // namespace

// The training data: inputs of consecutive slots, so that each sequence is a
// window into `inputs`.
struct LstmMembers::Rows {
  int64_t first = 0;
  std::vector<float> inputs;
  std::vector<int64_t> slots;
  size_t learned = 0;  // first slots, for training; the rest is held out
  // Unscaled; one value per output for each slot.
  std::array<std::vector<float>, kLstmKinds> targets;
  std::vector<float> steps;  // one-bin changes
};

LstmMembers::LstmMembers(std::vector<size_t> horizons, Target target)
    : horizons_(std::move(horizons)), target_(target) {
  input_scale_.assign(horizons_.size(), 1);
  for (auto& scale : out_scale_) scale.assign(horizons_.size(), 1);
}

size_t LstmMembers::Inputs() const noexcept {
  const size_t per_horizon = (daily_ ? 1 : 0) + (weekly_ ? 1 : 0);
  return kPlainInputs + per_horizon * horizons_.size();
}

LstmShape LstmMembers::Shape() const noexcept {
  return {Inputs(), options_.hidden, horizons_.size(), options_.steps};
}

int64_t LstmMembers::Memory(const Season& season) const {
  int64_t back = RecentMemory();
  for (const size_t steps : horizons_) {
    const auto ahead = static_cast<int64_t>(steps);
    if (season.daily()) {
      back = std::max(back, season.Days(season.DaysCovering(ahead)));
    }
    if (season.weekly()) {
      back = std::max(back,
                      season.Days(season.WeeksCovering(ahead) * kDaysPerWeek));
    }
  }
  return back + static_cast<int64_t>(options_.steps) + 2;
}

void LstmMembers::AppendInputs(const TimeSeries& time_series,
                               const Season& season, int64_t slot,
                               std::vector<float>* out) const {
  const float now = time_series.z(slot);
  const auto scaled = [](double value, float scale) {
    return Bounded(value / static_cast<double>(scale));
  };
  const double angle = season.DayAngle(slot);
  out->push_back(scaled(static_cast<double>(now - time_series.z(slot - 1)),
                        change_scale_));
  out->push_back(static_cast<float>(std::sin(angle)));
  out->push_back(static_cast<float>(std::cos(angle)));
  out->push_back(scaled(time_series.MeanZ(slot - RecentMemory() + 1, slot) -
                            static_cast<double>(now),
                        4 * change_scale_));
  for (size_t k = 0; k < horizons_.size(); ++k) {
    const auto ahead = static_cast<int64_t>(horizons_[k]);
    const auto went_on = [&](int64_t lag) {
      const int64_t end = slot + ahead - lag;
      const int64_t begin = target_ == Target::kMean ? end - ahead + 1 : end;
      return scaled(time_series.MeanZ(begin, end) -
                        static_cast<double>(
                            ahead == lag ? now : time_series.z(slot - lag)),
                    input_scale_[k]);
    };
    // For a horizon of whole days the input is the change since that day.
    const auto input = [&](int64_t lag) {
      return lag == ahead && target_ == Target::kPoint
                 ? scaled(static_cast<double>(now - time_series.z(slot - lag)),
                          input_scale_[k])
                 : went_on(lag);
    };
    if (daily_) out->push_back(input(season.Days(season.DaysCovering(ahead))));
    if (weekly_) {
      out->push_back(
          input(season.Days(season.WeeksCovering(ahead) * kDaysPerWeek)));
    }
  }
}

LstmMembers::Rows LstmMembers::MakeRows(
    const TimeSeries& time_series, const Season& season, int64_t first,
    bool uses_residual, const Expectation& expected,
    const std::function<void()>& pause) const {
  Rows rows;
  const auto window = static_cast<int64_t>(options_.steps);
  first = std::max(first, time_series.horizon_begin() + Memory(season));
  rows.first = first - window + 1;
  for (int64_t slot = rows.first; slot < time_series.end(); ++slot) {
    AppendInputs(time_series, season, slot, &rows.inputs);
  }
  const size_t width = horizons_.size();
  for (int64_t slot = first; slot < time_series.end(); ++slot) {
    std::vector<float> change(width, kUnknownFloat);
    bool any = false;
    for (size_t k = 0; k < width; ++k) {
      const Question q{slot, horizons_[k], target_};
      if (slot + static_cast<int64_t>(q.steps) >= time_series.end()) continue;
      change[k] = static_cast<float>(LogChange(time_series, q));
      any = any || std::isfinite(change[k]);
    }
    if (pause && slot % static_cast<int64_t>(kBetweenPauses) == 0) pause();
    if (!any || time_series.is_gap(slot)) continue;
    rows.slots.push_back(slot);
    rows.steps.push_back(time_series.z(slot) - time_series.z(slot - 1));
    for (size_t k = 0; k < width; ++k) {
      rows.targets[kOfChange].push_back(change[k]);
      if (!uses_residual) continue;
      rows.targets[kOfResidual].push_back(
          std::isfinite(change[k])
              ? change[k] - static_cast<float>(expected(slot, k))
              : kUnknownFloat);
    }
  }
  const auto day = static_cast<int64_t>(time_series.day_bins());
  const auto held_out = static_cast<size_t>(
      rows.slots.end() -
      std::ranges::lower_bound(rows.slots, time_series.end() - day));
  rows.learned =
      rows.slots.size() - std::min(held_out, rows.slots.size() / kMostHeldOut);
  return rows;
}

void LstmMembers::SetScales(const Rows& rows) {
  change_scale_ = ScaleOf(rows.steps);
  const size_t width = horizons_.size();
  for (size_t kind = 0; kind < kLstmKinds; ++kind) {
    const auto& targets = rows.targets[kind];
    for (size_t k = 0; k < width; ++k) {
      std::vector<float> column;
      for (size_t i = k; i < targets.size(); i += width) {
        column.push_back(targets[i]);
      }
      out_scale_[kind][k] = ScaleOf(std::move(column));
    }
  }
  input_scale_ = out_scale_[kOfChange];
}

void LstmMembers::Pass(const Rows& rows, LstmKind kind, size_t seed, float rate,
                       uint64_t shuffle, const std::function<void()>& pause) {
  Lstm<float>& net = nets_[kind][seed];
  const size_t width = horizons_.size();
  std::vector<size_t> order(rows.learned);
  std::iota(order.begin(), order.end(), size_t{0});
  std::mt19937_64 random(shuffle);
  for (size_t i = order.size(); i > 1; --i) {
    std::swap(order[i - 1], order[random() % i]);
  }
  std::vector<const float*> sequences;
  std::vector<float> targets;
  std::shared_ptr<LstmPassage<float>> room;
  const int64_t lead = static_cast<int64_t>(options_.steps) - 1;
  for (size_t i = 0; i < order.size(); ++i) {
    const size_t row = order[i];
    const auto column =
        static_cast<size_t>(rows.slots[row] - lead - rows.first);
    sequences.push_back(rows.inputs.data() + column * Inputs());
    for (size_t k = 0; k < width; ++k) {
      targets.push_back(rows.targets[kind][row * width + k] /
                        out_scale_[kind][k]);
    }
    if (sequences.size() < kBatch && i + 1 < order.size()) continue;
    net.Differentiate(sequences, targets, &room);
    net.Step(rate);
    sequences.clear();
    targets.clear();
    if (pause) pause();
  }
}

double LstmMembers::HeldOutError(const Rows& rows, LstmKind kind, size_t first,
                                 size_t last,
                                 const std::function<void()>& pause) const {
  const size_t width = horizons_.size();
  const int64_t lead = static_cast<int64_t>(options_.steps) - 1;
  const auto nets = static_cast<float>(last - first);
  std::vector<double> wrong(width, 0);
  std::vector<double> size(width, 0);
  std::vector<float> one(width);
  for (size_t row = rows.learned; row < rows.slots.size(); ++row) {
    const auto column =
        static_cast<size_t>(rows.slots[row] - lead - rows.first);
    std::vector<float> said(width, 0);
    for (size_t net = first; net < last; ++net) {
      nets_[kind][net].Predict(rows.inputs.data() + column * Inputs(),
                               one.data());
      for (size_t k = 0; k < width; ++k) said[k] += one[k] / nets;
    }
    for (size_t k = 0; k < width; ++k) {
      const float target = rows.targets[kind][row * width + k];
      if (!std::isfinite(target)) continue;
      wrong[k] +=
          static_cast<double>(std::abs(target - said[k] * out_scale_[kind][k]));
      size[k] += static_cast<double>(std::abs(target));
    }
    if (pause && row % kBetweenPauses == 0) pause();
  }
  double error = 0;
  for (size_t k = 0; k < width; ++k) {
    if (size[k] > 0) error += wrong[k] / size[k];
  }
  return error;
}

double LstmMembers::HeldOutError(const TimeSeries& time_series,
                                 const Season& season, bool uses_residual,
                                 const Expectation& expected,
                                 const std::function<void()>& pause) const {
  // Enough rows before the day, so that the whole day is held out.
  const auto days =
      static_cast<int64_t>((kMostHeldOut + 1) * time_series.day_bins());
  const Rows rows = MakeRows(time_series, season, time_series.end() - days,
                             uses_residual, expected, pause);
  double error = 0;
  for (const LstmKind kind : {kOfChange, kOfResidual}) {
    if (nets_[kind].empty()) continue;
    error += HeldOutError(rows, kind, 0, nets_[kind].size(), pause);
  }
  return error;
}

void LstmMembers::FitOne(const Rows& rows, LstmKind kind, size_t seed,
                         const std::function<void()>& pause) {
  nets_[kind].emplace_back(Shape(), 1 + seed + 100 * kind);
  Lstm<float> best = nets_[kind][seed];
  double least = std::numeric_limits<double>::infinity();
  size_t in_vain = 0;
  for (size_t epoch = 0;
       epoch < options_.most_epochs && in_vain < options_.patience; ++epoch) {
    const float part = static_cast<float>(epoch) /
                       static_cast<float>(options_.most_epochs - 1);
    Pass(rows, kind, seed, kFirstRate * std::pow(kLastRate / kFirstRate, part),
         seed * 1000 + epoch, pause);
    const double error = HeldOutError(rows, kind, seed, seed + 1, pause);
    ++in_vain;
    if (error >= least) continue;
    least = error;
    best = nets_[kind][seed];
    in_vain = 0;
  }
  nets_[kind][seed] = std::move(best);
}

void LstmMembers::Fit(const TimeSeries& time_series, const Season& season,
                      bool uses_residual, const Expectation& expected,
                      const std::function<void()>& pause) {
  daily_ = season.daily();
  weekly_ = season.weekly();
  change_scale_ = 1;
  input_scale_.assign(horizons_.size(), 1);
  const int64_t first =
      time_series.end() - static_cast<int64_t>(options_.most_rows);
  SetScales(
      MakeRows(time_series, season, first, uses_residual, expected, pause));
  const Rows rows =
      MakeRows(time_series, season, first, uses_residual, expected, pause);
  for (const LstmKind kind : {kOfChange, kOfResidual}) {
    nets_[kind].clear();
    if (kind == kOfResidual && !uses_residual) continue;
    for (size_t seed = 0; seed < options_.seeds; ++seed) {
      FitOne(rows, kind, seed, pause);
    }
  }
}

size_t LstmMembers::Update(const TimeSeries& time_series, const Season& season,
                           bool uses_residual, const Expectation& expected,
                           const std::function<void()>& pause) {
  const auto week = static_cast<int64_t>(std::min<size_t>(
      kDaysPerWeek * time_series.day_bins(), options_.most_rows / 4));
  const Rows rows = MakeRows(time_series, season, time_series.end() - week,
                             uses_residual, expected, pause);
  size_t kept = 0;
  for (const LstmKind kind : {kOfChange, kOfResidual}) {
    if (kind == kOfResidual && !uses_residual) continue;
    const size_t count = nets_[kind].size();
    std::vector<Lstm<float>> old = nets_[kind];
    const double before = HeldOutError(rows, kind, 0, count, pause);
    for (size_t seed = 0; seed < count; ++seed) {
      Pass(rows, kind, seed, kUpdateRate,
           static_cast<uint64_t>(time_series.end()) + seed, pause);
    }
    if (HeldOutError(rows, kind, 0, count, pause) <= before) continue;
    nets_[kind] = std::move(old);
    ++kept;
  }
  return kept;
}

LstmMembers::Answer LstmMembers::Predict(const TimeSeries& time_series,
                                         const Season& season,
                                         int64_t slot) const {
  Answer answer;
  std::vector<float> inputs;
  inputs.reserve(Inputs() * options_.steps);
  for (int64_t s = slot - static_cast<int64_t>(options_.steps) + 1; s <= slot;
       ++s) {
    AppendInputs(time_series, season, s, &inputs);
  }
  std::vector<float> result(horizons_.size());
  for (size_t kind = 0; kind < kLstmKinds; ++kind) {
    if (nets_[kind].empty()) continue;
    std::vector<double>& change = answer.change[kind];
    change.assign(horizons_.size(), 0);
    for (const Lstm<float>& net : nets_[kind]) {
      net.Predict(inputs.data(), result.data());
      for (size_t k = 0; k < result.size(); ++k) {
        change[k] += static_cast<double>(result[k] * out_scale_[kind][k]);
      }
    }
    for (double& c : change) c /= static_cast<double>(nets_[kind].size());
  }
  return answer;
}

void LstmMembers::Write(StateWriter* out) const {
  out->Put(daily_);
  out->Put(weekly_);
  out->Put(change_scale_);
  out->Put(input_scale_);
  for (size_t kind = 0; kind < kLstmKinds; ++kind) {
    out->Put(out_scale_[kind]);
    out->Put(uint64_t{nets_[kind].size()});
    for (const auto& net : nets_[kind]) net.Write(out);
  }
}

void LstmMembers::Read(StateReader* in) {
  in->Get(&daily_);
  in->Get(&weekly_);
  in->Get(&change_scale_);
  in->Get(&input_scale_);
  input_scale_.resize(horizons_.size(), 1);
  for (size_t kind = 0; kind < kLstmKinds; ++kind) {
    in->Get(&out_scale_[kind]);
    out_scale_[kind].resize(horizons_.size(), 1);
    uint64_t count = 0;
    in->Get(&count);
    nets_[kind].clear();
    for (uint64_t i = 0; i < count && i < options_.seeds; ++i) {
      nets_[kind].emplace_back(Shape(), i);
      if (!nets_[kind].back().Read(in)) {
        nets_[kind].clear();
        return;
      }
    }
  }
}

}  // namespace ntm::forecast
