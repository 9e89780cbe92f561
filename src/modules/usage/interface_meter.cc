#include "interface_meter.h"

#include <algorithm>
#include <utility>

#include "ntm/unix_time.h"

namespace ntm::usage {
namespace {

// A month of slots that could not be saved.
constexpr size_t kMaxClosed = 31 * 86400 / kSlotSeconds;
// Interfaces that are gone are remembered up to so many.
constexpr size_t kMaxCounters = 256;

// One that went back has started anew.
uint64_t Increase(uint64_t before, uint64_t now) {
  return now < before ? now : now - before;
}

double Mean(double mean_before, double seconds_before, uint64_t bytes,
            double seconds) {
  return (mean_before * seconds_before + static_cast<double>(bytes)) /
         (seconds_before + seconds);
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
  if (!month_.month().Has(begin_s)) {
    month_ = MonthUse(MonthOf(begin_s, billing_day_));
  }
  for (const Slot& slot : earlier_) {
    if (slot.begin_s == begin_s) {
      open_ = slot;
    } else {
      AddToMonth(slot);
    }
  }
  earlier_ = {};
  open_.begin_s = begin_s;
}

void InterfaceMeter::Close() {
  if (open_.begin_s == 0) return;
  AddToMonth(open_);
  closed_.push_back(std::exchange(open_, Slot()));
  if (closed_.size() > kMaxClosed) closed_.erase(closed_.begin());
}

void InterfaceMeter::AddToMonth(const Slot& slot) {
  if (month_.month().Has(slot.begin_s)) month_.Add(slot);
}

InterfaceMeter::Counters InterfaceMeter::Grown(const SiteReport& site) {
  Counters sum;
  if (counters_.size() > kMaxCounters + site.interfaces.size()) {
    CountersByName there;
    for (const SiteInterface& way : site.interfaces) {
      const auto known = counters_.find(way.counter_name);
      if (known != counters_.end()) there.insert(*known);
    }
    counters_ = std::move(there);
  }
  for (const SiteInterface& now : site.interfaces) {
    const auto [known, is_new] = counters_.try_emplace(now.counter_name);
    Counters& last = known->second;
    // One that comes later has come with its first byte.
    if (!is_new || has_report_) {
      sum.receive_bytes += Increase(last.receive_bytes, now.down_bytes);
      sum.transmit_bytes += Increase(last.transmit_bytes, now.up_bytes);
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
  if (!has_report_) {
    earlier_ = slots;
    counters_ = counters;
    return;
  }
  // The file came late: what it has is older than all that is here.
  const int64_t first_s =
      closed_.empty() ? open_.begin_s : closed_.front().begin_s;
  MonthUse month(month_.month());
  const auto add = [&](const Slot& slot) {
    if (month.month().Has(slot.begin_s)) month.Add(slot);
  };
  for (const Slot& slot : slots) {
    if (slot.begin_s < first_s) add(slot);
  }
  for (const Slot& slot : closed_) add(slot);
  month_ = std::move(month);
}

InterfaceMeter::Changes InterfaceMeter::Unsaved() const {
  const std::scoped_lock lock(mutex_);
  Changes changes{closed_, counters_};
  if (open_.begin_s != 0) changes.slots.push_back(open_);
  return changes;
}

void InterfaceMeter::Saved(const Changes& changes) {
  const std::scoped_lock lock(mutex_);
  if (changes.slots.empty()) return;
  const int64_t last_s = changes.slots.back().begin_s;
  // The last one may have gone on since.
  std::erase_if(closed_,
                [&](const Slot& slot) { return slot.begin_s < last_s; });
}

std::optional<MonthUse> InterfaceMeter::Month() const {
  const std::scoped_lock lock(mutex_);
  if (!has_report_) return std::nullopt;
  MonthUse month = month_;
  if (month.month().Has(open_.begin_s)) month.Add(open_);
  return month;
}

}  // namespace ntm::usage
