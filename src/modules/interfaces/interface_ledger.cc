#include "interface_ledger.h"

#include <algorithm>
#include <utility>

#include "known_rate.h"
#include "link_capacity.h"

namespace ntm::interfaces {
namespace {

void Copy(const LinkCounters& counters, InterfaceSample* sample) {
  sample->receive_bytes = counters[kReceiveBytes];
  sample->transmit_bytes = counters[kTransmitBytes];
  sample->receive_packets = counters[kReceivePackets];
  sample->transmit_packets = counters[kTransmitPackets];
  sample->receive_errors = counters[kReceiveErrors];
  sample->transmit_errors = counters[kTransmitErrors];
  sample->receive_dropped = counters[kReceiveDropped];
  sample->transmit_dropped = counters[kTransmitDropped];
}

void Note(const InterfaceSample& sample, int64_t time_ns, double seconds,
          InterfaceLedger::Periods* periods) {
  if (!sample.receive_bytes_per_second) return;
  periods->receive.Add(time_ns, seconds, *sample.receive_bytes_per_second);
  periods->transmit.Add(time_ns, seconds, *sample.transmit_bytes_per_second);
}

}  // namespace

InterfaceLedger::InterfaceLedger(InterfaceSelection selection,
                                 uint64_t max_bits_per_second)
    : selection_(std::move(selection)),
      max_bits_per_second_(max_bits_per_second) {}

const LinkCounters* InterfaceLedger::Before(const LinkReading& link,
                                            const Account& account) const {
  if (link.index == 0) {
    const bool was_there =
        account.reading != 0 && account.reading + 1 == reading_;
    return was_there ? &account.raw : nullptr;
  }
  const auto found = last_.find(link.index);
  return found != last_.end() ? &found->second : nullptr;
}

void InterfaceLedger::Book(const LinkReading& link, double seconds) {
  const auto [entry, is_new] = accounts_.try_emplace(link.name);
  Account& account = entry->second;
  const LinkCounters* before = Before(link, account);
  const bool was_there = before != nullptr;
  // The same link was absent for a while, for example in another namespace.
  if (!was_there && link.index != 0 && link.index == account.index) {
    before = &account.raw;
  }
  const LinkCounters growth =
      before != nullptr ? Growth(*before, link.counters) : link.counters;
  account.receive_per_second.reset();
  account.transmit_per_second.reset();
  if (was_there && seconds > 0) {
    account.receive_per_second =
        static_cast<double>(growth[kReceiveBytes]) / seconds;
    account.transmit_per_second =
        static_cast<double>(growth[kTransmitBytes]) / seconds;
  }
  // A link under a new name starts with its whole counters.
  Add(is_new ? link.counters : growth, &account.total);
  Add(growth, &sum_);
  account.index = link.index;
  account.raw = link.counters;
  account.reading = reading_;
}

void InterfaceLedger::Forget() {
  std::vector<std::map<std::string, Account>::iterator> gone;
  for (auto entry = accounts_.begin(); entry != accounts_.end(); ++entry) {
    if (entry->second.reading != reading_) gone.push_back(entry);
  }
  if (gone.size() <= kMaxGone) return;
  std::ranges::sort(gone, [](const auto& a, const auto& b) {
    return a->second.reading < b->second.reading;
  });
  gone.resize(gone.size() - kMaxGone);
  for (const auto& entry : gone) accounts_.erase(entry);
}

InterfaceSample InterfaceLedger::SampleOf(
    const LinkReading& link, const Account& account,
    const std::vector<LinkReading>& links) const {
  InterfaceSample sample;
  sample.name = link.name;
  sample.up = link.up;
  Copy(account.total, &sample);
  sample.receive_bytes_per_second = account.receive_per_second;
  sample.transmit_bytes_per_second = account.transmit_per_second;
  SetCapacity(CapacityOf(link, links, max_bits_per_second_),
              &sample.max_bytes_per_second, &sample.max_is_assumed);
  sample.speed_bits_per_second = link.speed_bits_per_second;
  sample.mtu_bytes = link.mtu_bytes;
  sample.mac = link.mac;
  sample.addresses = link.addresses;
  return sample;
}

InterfaceSample InterfaceLedger::Sum(
    const InterfaceReport& report,
    const std::vector<LinkReading>& links) const {
  InterfaceSample sum;
  sum.name = kTotalInterface;
  Copy(sum_, &sum);
  for (const InterfaceSample& sample : report.interfaces) {
    sum.up = sum.up || sample.up;
    AddRate(sample.receive_bytes_per_second, &sum.receive_bytes_per_second);
    AddRate(sample.transmit_bytes_per_second, &sum.transmit_bytes_per_second);
  }
  for (const LinkReading& link : links) {
    if (link.up && link.is_hardware && selection_.Takes(link.name)) {
      sum.speed_bits_per_second =
          std::max(sum.speed_bits_per_second, link.speed_bits_per_second);
    }
  }
  SetCapacity(max_bits_per_second_ != 0 ? max_bits_per_second_
                                        : sum.speed_bits_per_second,
              &sum.max_bytes_per_second, &sum.max_is_assumed);
  return sum;
}

InterfaceReport InterfaceLedger::Take(const std::vector<LinkReading>& links,
                                      int64_t time_ns,
                                      std::chrono::nanoseconds elapsed) {
  const double seconds =
      reading_ == 0 ? 0 : std::chrono::duration<double>(elapsed).count();
  ++reading_;
  InterfaceReport report;
  report.time_ns = time_ns;
  for (const LinkReading& link : links) {
    if (!selection_.Takes(link.name)) continue;
    Book(link, seconds);
    Account& account = accounts_[link.name];
    report.interfaces.push_back(SampleOf(link, account, links));
    Note(report.interfaces.back(), time_ns, seconds, &account.periods);
  }
  std::ranges::sort(report.interfaces, {}, &InterfaceSample::name);
  last_.clear();
  for (const LinkReading& link : links) last_[link.index] = link.counters;
  Forget();
  report.total = Sum(report, links);
  Note(report.total, time_ns, seconds, &sum_periods_);
  return report;
}

const InterfaceLedger::Periods* InterfaceLedger::periods(
    const std::string& name) const {
  if (name == kTotalInterface) return &sum_periods_;
  const auto found = accounts_.find(name);
  return found != accounts_.end() ? &found->second.periods : nullptr;
}

}  // namespace ntm::interfaces
