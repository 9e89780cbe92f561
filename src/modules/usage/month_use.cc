#include "month_use.h"

#include <algorithm>
#include <utility>

namespace ntm::usage {
namespace {

constexpr int64_t kLeastSecondsToGoBy = 3600;
constexpr size_t kPercent = 95;

double NearestRank(std::vector<float> means) {
  const size_t rank = (means.size() * kPercent + 99) / 100;
  const auto at = means.begin() + static_cast<std::ptrdiff_t>(rank - 1);
  std::nth_element(means.begin(), at, means.end());
  return *at;
}

}  // namespace

void MonthUse::Add(const Slot& slot) {
  receive_bytes_ += slot.receive_bytes;
  transmit_bytes_ += slot.transmit_bytes;
  first_slot_s_ = std::min(first_slot_s_.value_or(slot.begin_s), slot.begin_s);
  if (slot.watched_seconds <= 0) return;
  const auto number =
      static_cast<size_t>((slot.begin_s - month_.from_s) / kSlotSeconds);
  if (number >= means_.size()) means_.resize(number + 1);
  Mean& mean = means_[number];
  const auto part = static_cast<float>(slot.watched_seconds);
  mean.watched_seconds += part;
  const float share = part / mean.watched_seconds;
  const auto add = [share](double part_mean, float* whole) {
    *whole += (static_cast<float>(part_mean) - *whole) * share;
  };
  add(slot.receive_bytes_per_second, &mean.receive_bytes_per_second);
  add(slot.transmit_bytes_per_second, &mean.transmit_bytes_per_second);
}

std::optional<Percentiles> MonthUse::Percentile95() const {
  std::vector<float> receive;
  std::vector<float> transmit;
  for (const Mean& mean : means_) {
    if (mean.watched_seconds <= 0) continue;
    receive.push_back(mean.receive_bytes_per_second);
    transmit.push_back(mean.transmit_bytes_per_second);
  }
  if (receive.empty()) return std::nullopt;
  return Percentiles{NearestRank(std::move(receive)),
                     NearestRank(std::move(transmit))};
}

std::optional<double> MonthUse::ExpectedBytes(int64_t now_s) const {
  const auto used = static_cast<double>(used_bytes());
  if (now_s >= month_.to_s) return used;
  if (!first_slot_s_ || now_s - *first_slot_s_ < kLeastSecondsToGoBy) {
    return std::nullopt;
  }
  const auto watched = static_cast<double>(now_s - *first_slot_s_);
  return used + used / watched * static_cast<double>(month_.to_s - now_s);
}

}  // namespace ntm::usage
