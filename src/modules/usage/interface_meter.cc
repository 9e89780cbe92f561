#include "interface_meter.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "ntm/base/counter_growth.h"
#include "ntm/base/unix_time.h"

namespace ntm::usage {
namespace {

// The current month and its neighbours, one of a wrong clock, and those in the
// file.
constexpr size_t kMaxMonths = 4;
// A month of slots that could not be saved.
constexpr size_t kMaxClosed = 31 * 86400 / kSlotSeconds;
// The maximum number of counters of removed interfaces.
constexpr size_t kMaxCounters = 256;

double Mean(double mean_before, double seconds_before, uint64_t bytes,
            double seconds) {
  return (mean_before * seconds_before + static_cast<double>(bytes)) /
         (seconds_before + seconds);
}

bool IsEmpty(const Slot& part) {
  return part.watched_seconds <= 0 && part.receive_bytes == 0 &&
         part.transmit_bytes == 0;
}

void Join(const Slot& part, Slot* slot) {
  slot->receive_bytes += part.receive_bytes;
  slot->transmit_bytes += part.transmit_bytes;
  if (part.watched_seconds <= 0) return;
  slot->watched_seconds += part.watched_seconds;
  const double share = part.watched_seconds / slot->watched_seconds;
  const auto join = [share](double mean, double* whole) {
    *whole += (mean - *whole) * share;
  };
  join(part.receive_bytes_per_second, &slot->receive_bytes_per_second);
  join(part.transmit_bytes_per_second, &slot->transmit_bytes_per_second);
}

}  // namespace

void InterfaceMeter::Take(const InterfaceReport& report,
                          double elapsed_seconds) {
  const std::scoped_lock lock(mutex_);
  Roll(report.time_ns / kNsPerSecond);
  const Counters grown = Grown(report.site);
  Book(grown, has_report_ ? elapsed_seconds : 0);
  has_report_ = true;
}

void InterfaceMeter::Roll(int64_t time_s) {
  const int64_t begin_s = time_s - time_s % kSlotSeconds;
  if (begin_s != open_.begin_s) Close();
  open_.begin_s = begin_s;
}

void InterfaceMeter::Close() {
  if (open_.begin_s == 0) return;
  const Slot part = std::exchange(open_, Slot());
  AddToMonth(part);
  if (closed_.size() > sent_ && closed_.back().begin_s == part.begin_s) {
    Join(part, &closed_.back());
    return;
  }
  closed_.push_back(part);
  if (closed_.size() <= kMaxClosed) return;
  closed_.erase(closed_.begin());
  if (sent_ > 0) --sent_;
}

void InterfaceMeter::AddToMonth(const Slot& slot) {
  const Span month = MonthOf(slot.begin_s, billing_day_);
  months_.try_emplace(month.from_s, month).first->second.Add(slot);
  while (months_.size() > kMaxMonths) {
    auto oldest = months_.begin();
    if (oldest->first == month.from_s) ++oldest;
    months_.erase(oldest);
  }
}

InterfaceMeter::Counters InterfaceMeter::Grown(const SiteReport& site) {
  Counters sum;
  if (counters_.size() > kMaxCounters + site.interfaces.size()) {
    CountersByName there;
    for (const SiteInterface& boundary : site.interfaces) {
      const auto known = counters_.find(boundary.counter_name);
      if (known != counters_.end()) there.insert(*known);
    }
    counters_ = std::move(there);
  }
  for (const SiteInterface& now : site.interfaces) {
    const auto [known, is_new] = counters_.try_emplace(now.counter_name);
    Counters& last = known->second;
    // An interface that appears later counts from its first byte.
    if (!is_new || has_report_) {
      sum.receive_bytes += CounterGrowth(last.receive_bytes, now.down_bytes);
      sum.transmit_bytes += CounterGrowth(last.transmit_bytes, now.up_bytes);
    }
    last = {now.down_bytes, now.up_bytes};
  }
  return sum;
}

void InterfaceMeter::Book(const Counters& grown, double watched_seconds) {
  open_.receive_bytes += grown.receive_bytes;
  open_.transmit_bytes += grown.transmit_bytes;
  if (watched_seconds <= 0) return;
  open_.receive_bytes_per_second =
      Mean(open_.receive_bytes_per_second, open_.watched_seconds,
           grown.receive_bytes, watched_seconds);
  open_.transmit_bytes_per_second =
      Mean(open_.transmit_bytes_per_second, open_.watched_seconds,
           grown.transmit_bytes, watched_seconds);
  open_.watched_seconds += watched_seconds;
}

void InterfaceMeter::TakeUp(const std::vector<Slot>& slots,
                            const CountersByName& counters) {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(is_taken_up_, true)) return;
  for (const Slot& slot : slots) AddToMonth(slot);
  if (!has_report_) counters_ = counters;
}

InterfaceMeter::Changes InterfaceMeter::Unsaved() {
  const std::scoped_lock lock(mutex_);
  sent_ = 0;  // the last write has failed
  if (!IsEmpty(open_)) {
    const int64_t begin_s = open_.begin_s;
    Close();
    open_.begin_s = begin_s;
  }
  sent_ = closed_.size();
  return {closed_, counters_};
}

void InterfaceMeter::Saved(const Changes& changes) {
  const std::scoped_lock lock(mutex_);
  const size_t saved = std::min(sent_, changes.slots.size());
  closed_.erase(closed_.begin(),
                closed_.begin() + static_cast<std::ptrdiff_t>(saved));
  sent_ = 0;
}

std::optional<MonthUse> InterfaceMeter::Month() const {
  const std::scoped_lock lock(mutex_);
  if (!has_report_) return std::nullopt;
  const Span now = MonthOf(open_.begin_s, billing_day_);
  const auto known = months_.find(now.from_s);
  MonthUse month = known != months_.end() ? known->second : MonthUse(now);
  month.Add(open_);
  return month;
}

}  // namespace ntm::usage
