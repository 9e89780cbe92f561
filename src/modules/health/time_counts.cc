#include "time_counts.h"

#include <cstddef>

namespace ntm::health {
namespace {

constexpr unsigned kBitsPerByte = 7;
constexpr uint8_t kMore = 0x80;

void Append(uint64_t number, std::string* bytes) {
  for (; number >= kMore; number >>= kBitsPerByte) {
    bytes->push_back(static_cast<char>((number & (kMore - 1U)) | kMore));
  }
  bytes->push_back(static_cast<char>(number));
}

// Takes a number off the front.
std::optional<uint64_t> Take(std::string_view* bytes) {
  uint64_t number = 0;
  for (unsigned shift = 0; shift < 64 && !bytes->empty();
       shift += kBitsPerByte) {
    const auto byte = static_cast<uint8_t>(bytes->front());
    bytes->remove_prefix(1);
    number |= static_cast<uint64_t>(byte & (kMore - 1U)) << shift;
    if (byte < kMore) return number;
  }
  return std::nullopt;
}

}  // namespace

TimeCounts::TimeCounts(const LatencyHistogram& before,
                       const LatencyHistogram& after) {
  if (before.count() == after.count()) return;
  for (size_t i = 0; i < LatencyHistogram::kFineCount; ++i) {
    const uint64_t count = after.fine()[i] - before.fine()[i];
    if (count > 0) counts_.emplace_back(static_cast<uint32_t>(i), count);
  }
}

TimeCounts& TimeCounts::operator+=(const TimeCounts& other) {
  std::vector<std::pair<uint32_t, uint64_t>> sum;
  sum.reserve(counts_.size() + other.counts_.size());
  auto own = counts_.begin();
  for (const auto& entry : other.counts_) {
    for (; own != counts_.end() && own->first < entry.first; ++own) {
      sum.push_back(*own);
    }
    sum.push_back(entry);
    if (own != counts_.end() && own->first == entry.first) {
      sum.back().second += own->second;
      ++own;
    }
  }
  sum.insert(sum.end(), own, counts_.end());
  counts_ = std::move(sum);
  return *this;
}

uint64_t TimeCounts::count() const noexcept {
  uint64_t sum = 0;
  for (const auto& [bucket, count] : counts_) sum += count;
  return sum;
}

std::optional<double> TimeCounts::Quantile(double q) const noexcept {
  if (counts_.empty()) return std::nullopt;
  const double rank = q * static_cast<double>(count());
  double before = 0;
  for (const auto& [bucket, count] : counts_) {
    const auto here = static_cast<double>(count);
    if (before + here >= rank) {
      return LatencyHistogram::InFineBucket(bucket, (rank - before) / here);
    }
    before += here;
  }
  return LatencyHistogram::FineBound(counts_.back().first);
}

std::string TimeCounts::Packed() const {
  std::string bytes;
  uint32_t before = 0;
  for (const auto& [bucket, count] : counts_) {
    Append(bucket - before, &bytes);
    Append(count, &bytes);
    before = bucket;
  }
  return bytes;
}

std::optional<TimeCounts> TimeCounts::Unpacked(std::string_view bytes) {
  TimeCounts times;
  uint64_t bucket = 0;
  while (!bytes.empty()) {
    const auto distance = Take(&bytes);
    const auto count = Take(&bytes);
    const bool is_first = times.counts_.empty();
    if (!distance || !count || *count == 0 || (*distance == 0 && !is_first) ||
        *distance >= LatencyHistogram::kFineCount - bucket) {
      return std::nullopt;
    }
    bucket += *distance;
    times.counts_.emplace_back(static_cast<uint32_t>(bucket), *count);
  }
  return times;
}

}  // namespace ntm::health
