#include "forecaster.h"

#include <algorithm>
#include <cmath>

#include "state.h"

namespace ntm::forecast {
namespace {

constexpr double kTail = 0.05;
constexpr double kTailLong = 0.045;
constexpr size_t kDaysLong = 5;
constexpr double kPace = 0.005;
constexpr size_t kLongestWindow = 4032;
constexpr uint32_t kOldestState = 2;
constexpr uint32_t kStateVersion = kStateWithGate;
constexpr uint8_t kHit = 1;
constexpr uint8_t kBounded = 2;
constexpr uint8_t kHeld = 4;

double HoursOf(size_t day_bins, size_t steps) {
  return 24 * static_cast<double>(steps) / static_cast<double>(day_bins);
}

// Confidence and coverage are computed over the last 7 days.
size_t RecentCount(size_t day_bins) {
  return std::clamp<size_t>(kDaysPerWeek * day_bins, 200, kLongestWindow);
}

// Residuals of long horizons overlap, so a few days have few independent ones:
// the bounds have to be wider than their quantiles.
double TailFor(size_t day_bins, size_t steps) {
  return HoursOf(day_bins, steps) <= 1 ? kTail : kTailLong;
}

size_t WindowFor(size_t day_bins, size_t steps) {
  const size_t days = HoursOf(day_bins, steps) <= 1 ? kDaysPerWeek : kDaysLong;
  return std::clamp<size_t>(days * day_bins, 200, kLongestWindow);
}

double PaceFor(size_t day_bins, size_t steps) {
  return kPace / std::max(1.0, HoursOf(day_bins, steps));
}

}  // namespace

Forecaster::Forecaster(const ForecasterOptions& options)
    : options_(options),
      time_series_(options.day_bins, options.capacity),
      models_(options.horizons, options.target) {
  Reset();
}

void Forecaster::Reset() {
  time_series_ = TimeSeries(options_.day_bins, options_.capacity);
  models_ = Models(options_.horizons, options_.target);
  pools_.clear();
  intervals_.clear();
  peaks_.clear();
  now_.clear();
  for (const size_t steps : options_.horizons) {
    const size_t window = WindowFor(options_.day_bins, steps);
    const double tail = TailFor(options_.day_bins, steps);
    const size_t least = std::min(window, std::max<size_t>(50, 2 * steps));
    const double pace = PaceFor(options_.day_bins, steps);
    pools_.emplace_back(options_.day_bins, steps);
    intervals_.emplace_back(window, least, tail, pace);
    peaks_.emplace_back(window, least, tail, pace);
  }
  pending_.assign(options_.horizons.size(), {});
  recent_.assign(options_.horizons.size(), {});
}

bool Forecaster::SetLimit(double bytes_per_second) {
  if (bytes_per_second == options_.limit) return false;
  options_.limit = bytes_per_second;
  return true;
}

std::vector<Settled> Forecaster::Append(double bytes_per_second) {
  time_series_.Append(bytes_per_second);
  std::vector<Settled> settled;
  for (size_t k = 0; k < options_.horizons.size(); ++k) Settle(k, &settled);
  models_.CatchUp(time_series_);
  MakeAll();
  return settled;
}

void Forecaster::Settle(size_t k, std::vector<Settled>* settled) {
  auto& pending = pending_[k];
  const auto steps = static_cast<int64_t>(options_.horizons[k]);
  if (pending.empty() || pending.front().slot + steps >= time_series_.end())
    return;
  Settled done;
  done.forecast = pending.front();
  pending.pop_front();
  const Forecast& said = done.forecast;
  done.actual = time_series_.Actual(said.slot, said.steps, options_.target);
  done.peak = time_series_.Peak(said.slot, said.steps);
  if (std::isfinite(done.actual)) {
    pools_[k].Credit(said.members, said.pool, done.actual);
    const double c = time_series_.offset();
    intervals_[k].AddResidual(std::log((done.actual + c) / (said.mean + c)));
    peaks_[k].AddResidual(std::log((done.peak + c) / (said.mean + c)));
    uint8_t mark = 0;
    if (std::abs(done.actual - said.mean) <= options_.tolerance * said.mean) {
      mark |= kHit;
    }
    if (said.has_bounds) {
      const bool low = done.actual < said.lower;
      const bool high = done.actual > said.upper;
      intervals_[k].MoveLower(low);
      intervals_[k].MoveUpper(high);
      peaks_[k].MoveUpper(done.peak > said.required);
      mark |= kBounded;
      if (!low && !high) mark |= kHeld;
    }
    recent_[k].push_back(mark);
    if (recent_[k].size() > RecentCount(options_.day_bins)) {
      recent_[k].pop_front();
    }
  }
  settled->push_back(std::move(done));
}

Forecast Forecaster::Make(size_t k, MemberForecasts* members) {
  Forecast made;
  made.slot = time_series_.end() - 1;
  made.steps = options_.horizons[k];
  // If the link has carried more than the limit, the limit is wrong.
  const double largest = time_series_.Largest();
  const double limit = std::max(options_.limit, largest);
  made.pool =
      pools_[k].Answer(members, std::min(largest, limit / kLargestGrowth));
  made.members = *members;
  made.mean = made.pool.published();
  made.lower = 0;
  made.upper = made.required = made.mean;
  if (intervals_[k].ready()) {
    const double c = time_series_.offset();
    const auto bound = [&](double residual) {
      return std::clamp((made.mean + c) * std::exp(residual) - c, 0.0, limit);
    };
    made.has_bounds = true;
    made.lower = std::min(bound(intervals_[k].Lower()), made.mean);
    made.upper = std::max(bound(intervals_[k].Upper()), made.mean);
    made.required = std::max(bound(peaks_[k].Upper()), made.mean);
  }
  return made;
}

void Forecaster::MakeAll() {
  now_.clear();
  std::vector<MemberForecasts> members = models_.Forecast(time_series_);
  for (size_t k = 0; k < options_.horizons.size(); ++k) {
    now_.push_back(Make(k, &members[k]));
    pending_[k].push_back(now_.back());
  }
}

Forecaster::Hits Forecaster::RecentHits(size_t horizon) const {
  Hits hits;
  for (const uint8_t mark : recent_[horizon]) {
    hits.hits += (mark & kHit) != 0 ? 1 : 0;
    ++hits.count;
  }
  return hits;
}

std::optional<double> Forecaster::Coverage(size_t horizon) const {
  double held = 0;
  double bounded = 0;
  for (const uint8_t mark : recent_[horizon]) {
    if ((mark & kBounded) == 0) continue;
    bounded += 1;
    held += (mark & kHeld) != 0 ? 1 : 0;
  }
  if (bounded == 0) return std::nullopt;
  return held / bounded;
}

Training Forecaster::BeginTraining(bool anew) const {
  Training training{time_series_, models_, anew};
  training.time_series.SetOffset(time_series_.SuitableOffset());
  return training;
}

void Forecaster::Adopt(Training training) {
  time_series_.SetOffset(training.time_series.offset());
  models_ = std::move(training.models);
  models_.CatchUp(time_series_);
}

void Forecaster::WriteForecast(const Forecast& made, StateWriter* out) {
  out->Put(made.slot);
  out->Put(uint64_t{made.steps});
  out->Put(made.mean);
  out->Put(made.has_bounds);
  out->Put(made.lower);
  out->Put(made.upper);
  out->Put(made.required);
  for (const float member : made.members) out->Put(member);
  made.pool.Write(out);
}

Forecast Forecaster::ReadForecast(StateReader* in, uint32_t version) {
  Forecast made;
  uint64_t steps = 0;
  in->Get(&made.slot);
  in->Get(&steps);
  in->Get(&made.mean);
  in->Get(&made.has_bounds);
  in->Get(&made.lower);
  in->Get(&made.upper);
  in->Get(&made.required);
  for (float& member : made.members) in->Get(&member);
  made.pool.Read(in, version);
  made.steps = steps;
  return made;
}

// The options with which a state must have been saved to be loadable.
std::string Forecaster::Head(uint32_t version) const {
  StateWriter out;
  out.Put(version);
  out.Put(uint64_t{kMembers});
  out.Put(uint64_t{options_.day_bins});
  out.Put(uint64_t{options_.capacity});
  out.Put(options_.target);
  out.Put(options_.tolerance);
  for (const size_t steps : options_.horizons) out.Put(uint64_t{steps});
  return out.Take();
}

std::string Forecaster::Save() const {
  StateWriter out;
  time_series_.Write(&out);
  models_.Write(&out);
  for (size_t k = 0; k < options_.horizons.size(); ++k) {
    pools_[k].Write(&out);
    intervals_[k].Write(&out);
    peaks_[k].Write(&out);
    out.Put(uint64_t{pending_[k].size()});
    for (const Forecast& made : pending_[k]) WriteForecast(made, &out);
    out.Put(std::vector<uint8_t>(recent_[k].begin(), recent_[k].end()));
  }
  out.Put(options_.limit);
  return Head(kStateVersion) + out.Take();
}

bool Forecaster::Load(const std::string& state) {
  uint32_t version = kStateVersion;
  Reset();
  while (!state.starts_with(Head(version))) {
    if (--version < kOldestState) return false;
  }
  StateReader in(std::string_view(state).substr(Head(version).size()));
  time_series_.Read(&in);
  models_.Read(&in);
  for (size_t k = 0; k < options_.horizons.size(); ++k) {
    pools_[k].Read(&in, version);
    intervals_[k].Read(&in);
    peaks_[k].Read(&in);
    uint64_t count = 0;
    in.Get(&count);
    for (uint64_t i = 0; i < count && in.ok(); ++i) {
      pending_[k].push_back(ReadForecast(&in, version));
    }
    std::vector<uint8_t> recent;
    in.Get(&recent);
    recent_[k].assign(recent.begin(), recent.end());
    if (!pending_[k].empty()) now_.push_back(pending_[k].back());
  }
  double limit = 0;
  in.Get(&limit);
  if (in.ok() && in.at_end()) {
    options_.limit = limit;
    return true;
  }
  Reset();
  return false;
}

}  // namespace ntm::forecast
