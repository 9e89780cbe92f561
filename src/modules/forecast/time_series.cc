#include "time_series.h"

#include <algorithm>
#include <cmath>

#include "state.h"
#include "unknown.h"

namespace ntm::forecast {
namespace {

constexpr double kOffsetShare = 0.01;
constexpr double kOffsetDrift = 2;  // ratio from which a new one is due
constexpr double kLargestRate = 1e18;

}  // namespace

TimeSeries::TimeSeries(size_t day_bins, size_t capacity)
    : day_bins_(day_bins), capacity_(capacity) {}

double TimeSeries::FillFor(int64_t slot) const noexcept {
  const int64_t before = slot - static_cast<int64_t>(day_bins_);
  if (before >= first_) return filled(before);
  return filled_.empty() ? 0 : filled_.back();
}

void TimeSeries::AppendZ(double value) {
  const double z = std::log(value + offset_);
  z_.push_back(static_cast<float>(z));
  sums_.push_back(sums_.back() + std::llround(z * kFixedPoint));
}

void TimeSeries::Append(double value) {
  const int64_t slot = end();
  const bool gap = !std::isfinite(value) || value < 0 || value > kLargestRate;
  const auto stored = static_cast<float>(gap ? FillFor(slot) : value);
  filled_.push_back(stored);
  gap_.push_back(gap ? 1 : 0);
  AppendZ(stored);
  known_ += gap ? 0 : 1;
  while (!largest_.empty() && largest_.back().second <= stored) {
    largest_.pop_back();
  }
  largest_.emplace_back(slot, stored);
  const int64_t oldest = horizon_begin();
  while (largest_.front().first < oldest) largest_.pop_front();
  if (filled_.size() > capacity_ + day_bins_) Trim();
}

void TimeSeries::Trim() {
  const size_t excess = filled_.size() - capacity_;
  const auto cut = static_cast<std::ptrdiff_t>(excess);
  filled_.erase(filled_.begin(), filled_.begin() + cut);
  gap_.erase(gap_.begin(), gap_.begin() + cut);
  z_.erase(z_.begin(), z_.begin() + cut);
  sums_.erase(sums_.begin(), sums_.begin() + cut);
  first_ += cut;
}

int64_t TimeSeries::horizon_begin() const noexcept {
  return std::max(first_, end() - static_cast<int64_t>(capacity_));
}

double TimeSeries::Actual(int64_t slot, size_t steps, Target target) const {
  const auto ahead = static_cast<int64_t>(steps);
  if (target == Target::kPoint) {
    return is_gap(slot + ahead) ? kUnknown : filled(slot + ahead);
  }
  double sum = 0;
  size_t known = 0;
  for (int64_t i = slot + 1; i <= slot + ahead; ++i) {
    if (is_gap(i)) continue;
    sum += filled(i);
    ++known;
  }
  if (2 * known < steps || known == 0) return kUnknown;
  return sum / static_cast<double>(known);
}

double TimeSeries::Peak(int64_t slot, size_t steps) const {
  double peak = kUnknown;
  for (int64_t i = slot + 1; i <= slot + static_cast<int64_t>(steps); ++i) {
    if (!is_gap(i)) peak = std::fmax(peak, filled(i));
  }
  return peak;
}

double TimeSeries::Largest() const noexcept {
  return largest_.empty() ? 0 : largest_.front().second;
}

double TimeSeries::SuitableOffset() const {
  double sum = 0;
  size_t known = 0;
  for (int64_t i = horizon_begin(); i < end(); ++i) {
    if (is_gap(i)) continue;
    sum += filled(i);
    ++known;
  }
  if (known == 0 || sum <= 0) return offset_;
  const double wanted = kOffsetShare * sum / static_cast<double>(known);
  const bool far =
      wanted > offset_ * kOffsetDrift || wanted * kOffsetDrift < offset_;
  return far ? wanted : offset_;
}

void TimeSeries::SetOffset(double offset) {
  if (offset == offset_) return;
  offset_ = offset;
  z_.clear();
  sums_ = {0};
  for (const float value : filled_) AppendZ(value);
}

void TimeSeries::Write(StateWriter* out) const {
  out->Put(first_);
  out->Put(offset_);
  out->Put(uint64_t{known_});
  out->Put(filled_);
  out->Put(gap_);
}

void TimeSeries::Read(StateReader* in) {
  uint64_t known = 0;
  in->Get(&first_);
  in->Get(&offset_);
  in->Get(&known);
  in->Get(&filled_);
  in->Get(&gap_);
  known_ = known;
  gap_.resize(filled_.size());
  z_.clear();
  sums_ = {0};
  for (const float value : filled_) AppendZ(value);
  largest_.clear();
  for (int64_t i = horizon_begin(); i < end(); ++i) {
    const auto value = static_cast<float>(filled(i));
    while (!largest_.empty() && largest_.back().second <= value) {
      largest_.pop_back();
    }
    largest_.emplace_back(i, value);
  }
}

}  // namespace ntm::forecast
