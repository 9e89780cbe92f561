#include "log_rows.h"

#include <algorithm>

#include "ntm/base/unix_time.h"

namespace ntm::packet_log {
namespace {

constexpr int64_t kNsPerMicrosecond = 1000;
constexpr double kBytesPerMegabit = 125'000;

}  // namespace

double ClassThroughput::Add(const PacketRecord& record) {
  const int64_t second = record.time_ns / kNsPerSecond;
  if (second > second_) {
    const bool is_next = second == second_ + 1;
    for (Second& count : classes_) {
      count.before_bytes = is_next ? count.now_bytes : 0;
      count.now_bytes = 0;
    }
    second_ = second;
  }
  if (record.traffic_class >= classes_.size()) {
    classes_.resize(size_t{record.traffic_class} + 1);
  }
  Second& count = classes_[record.traffic_class];
  count.now_bytes += record.wire_bytes * one_of_;
  return static_cast<double>(count.before_bytes) / kBytesPerMegabit;
}

void LogRows::Add(std::vector<LogRow> rows) {
  const std::scoped_lock lock(mutex_);
  for (LogRow& row : rows) {
    row.id = last_id_ =
        std::max(last_id_ + 1, row.record.time_ns / kNsPerMicrosecond);
    rows_.push_back(row);
  }
  while (rows_.size() > limit_) rows_.pop_front();
}

void LogRows::AddOld(const std::vector<LogRow>& rows) {
  const std::scoped_lock lock(mutex_);
  for (const LogRow& row : rows) {
    if (rows_.size() >= limit_) break;
    if (!rows_.empty() && row.id >= rows_.front().id) continue;
    rows_.push_front(row);
    last_id_ = std::max(last_id_, row.id);
    kept_id_ = std::max(kept_id_, row.id);
  }
}

std::vector<LogRow> LogRows::Page(ClassId traffic_class, int64_t before_id,
                                  size_t offset, size_t limit) const {
  const std::scoped_lock lock(mutex_);
  std::vector<LogRow> page;
  for (auto row = rows_.rbegin(); row != rows_.rend() && page.size() < limit;
       ++row) {
    if (before_id != 0 && row->id >= before_id) continue;
    if (traffic_class != kNoClass &&
        row->record.traffic_class != traffic_class) {
      continue;
    }
    if (offset > 0) {
      --offset;
    } else {
      page.push_back(*row);
    }
  }
  return page;
}

size_t LogRows::size() const {
  const std::scoped_lock lock(mutex_);
  return rows_.size();
}

LogRows::Pending LogRows::ToKeep() const {
  const std::scoped_lock lock(mutex_);
  Pending pending;
  const auto first = std::ranges::upper_bound(rows_, kept_id_, {}, &LogRow::id);
  pending.rows.assign(first, rows_.end());
  if (rows_.size() >= limit_) pending.oldest_id = rows_.front().id;
  return pending;
}

void LogRows::KeptUpTo(int64_t id) {
  const std::scoped_lock lock(mutex_);
  kept_id_ = std::max(kept_id_, id);
}

}  // namespace ntm::packet_log
