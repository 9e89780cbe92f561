#include "month_use.h"

#include <algorithm>

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
  if (!first_slot_s_) first_slot_s_ = slot.begin_s;
  if (slot.watched_seconds <= 0) return;
  receive_means_.push_back(static_cast<float>(slot.receive_bytes_per_second));
  transmit_means_.push_back(static_cast<float>(slot.transmit_bytes_per_second));
}

std::optional<Percentiles> MonthUse::Percentile95() const {
  if (receive_means_.empty()) return std::nullopt;
  return Percentiles{NearestRank(receive_means_), NearestRank(transmit_means_)};
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
