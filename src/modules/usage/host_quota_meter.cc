#include "host_quota_meter.h"

#include <algorithm>
#include <utility>

#include "ntm/base/unix_time.h"
#include "ntm/flow/host_text.h"

namespace ntm::usage {
namespace {

constexpr size_t kMostMasks = 65'536;

}  // namespace

Span HostQuotaMeter::SpanOf(QuotaPeriod period, int64_t now_s) const {
  switch (period) {
    case QuotaPeriod::kDay:
      return DayOf(now_s);
    case QuotaPeriod::kWeek:
      return WeekOf(now_s);
    case QuotaPeriod::kMonth:
      break;
  }
  return MonthOf(now_s, billing_day_);
}

void HostQuotaMeter::Renew(int64_t now_s) {
  counts_.resize(quotas_.size());
  for (size_t i = 0; i < quotas_.size(); ++i) {
    Count& count = counts_[i];
    const bool is_set_back =
        now_s < count.span.from_s && now_s >= count.span.from_s - kDaySeconds;
    if (count.span.Has(now_s) || is_set_back) continue;
    count = {};
    count.span = SpanOf(quotas_[i].period, now_s);
  }
}

void HostQuotaMeter::AddStored() {
  for (const StoredQuota& stored : std::exchange(stored_, {})) {
    for (size_t i = 0; i < quotas_.size(); ++i) {
      Count& count = counts_[i];
      if (stored.host != quotas_[i].host ||
          stored.period != NameOf(quotas_[i].period) ||
          stored.begin_s != count.span.from_s) {
        continue;
      }
      count.is_saved = count.bytes == 0;
      count.bytes += stored.bytes;
    }
  }
}

void HostQuotaMeter::Take(const Snapshot& snapshot, const Growth& growth,
                          const Reports& reports, int64_t now_s) {
  if (quotas_.empty()) return;
  const auto names = reports.names ? reports.names->names : nullptr;
  if (reports.devices != devices_ || names != names_ ||
      snapshot.local_networks != local_networks_ ||
      masks_.size() > kMostMasks) {
    masks_.clear();
    devices_ = reports.devices;
    names_ = names;
    local_networks_ = snapshot.local_networks;
  }
  std::vector<uint64_t> grown(quotas_.size());
  for (const auto& [flow, bytes] : growth.flows) {
    const FlowKey& key = snapshot.flows[flow].key;
    const uint64_t mask = MaskOf(snapshot, key.Src(), reports) |
                          MaskOf(snapshot, key.Dst(), reports);
    if (mask == 0) continue;
    for (size_t i = 0; i < grown.size(); ++i) {
      if ((mask >> i & 1U) != 0) grown[i] += bytes;
    }
  }
  const std::scoped_lock lock(mutex_);
  is_anonymized_ = snapshot.anonymizer != nullptr;
  Renew(now_s);
  AddStored();
  for (size_t i = 0; i < grown.size(); ++i) {
    counts_[i].bytes += grown[i];
    if (grown[i] > 0) counts_[i].is_saved = false;
  }
}

uint64_t HostQuotaMeter::MaskOf(const Snapshot& snapshot,
                                const Address& address,
                                const Reports& reports) {
  const auto [entry, is_new] = masks_.try_emplace(address, 0);
  if (is_new) entry->second = FindMask(snapshot, address, reports);
  return entry->second;
}

uint64_t HostQuotaMeter::FindMask(const Snapshot& snapshot,
                                  const Address& address,
                                  const Reports& reports) const {
  std::string label_name;
  if (address.kind == AddressKind::kName) {
    label_name = HostText(snapshot, address, {});
  }
  const bool is_local = snapshot.local_networks != nullptr &&
                        snapshot.local_networks->Contains(address);
  const LocalDevice* device =
      reports.devices && is_local ? reports.devices->Find(address) : nullptr;
  const HostName* name = names_ && is_local ? names_->Find(address) : nullptr;
  uint64_t mask = 0;
  for (size_t i = 0; i < quotas_.size(); ++i) {
    const HostQuota& quota = quotas_[i];
    const bool is_meant =
        (quota.network && quota.network->Contains(address)) ||
        (device != nullptr && !quota.mac.empty() && device->mac == quota.mac) ||
        (device != nullptr && IsNamed(quota, device->name)) ||
        (name != nullptr && IsNamed(quota, name->name)) ||
        (!label_name.empty() && IsNamed(quota, label_name));
    if (is_meant) mask |= uint64_t{1} << i;
  }
  return mask;
}

std::vector<HostQuotaUse> HostQuotaMeter::Uses() const {
  const std::scoped_lock lock(mutex_);
  std::vector<HostQuotaUse> uses;
  if (is_anonymized_) return uses;
  for (size_t i = 0; i < counts_.size(); ++i) {
    uses.push_back({quotas_[i].host, NameOf(quotas_[i].period),
                    counts_[i].bytes, quotas_[i].bytes});
  }
  return uses;
}

void HostQuotaMeter::TakeUp(const std::vector<StoredQuota>& stored) {
  const std::scoped_lock lock(mutex_);
  if (std::exchange(has_taken_up_, true)) {
    for (Count& count : counts_) count.is_saved = false;
    return;
  }
  stored_ = stored;
}

std::vector<StoredQuota> HostQuotaMeter::Unsaved() const {
  const std::scoped_lock lock(mutex_);
  std::vector<StoredQuota> unsaved;
  for (size_t i = 0; i < counts_.size(); ++i) {
    const Count& count = counts_[i];
    if (count.is_saved || count.bytes == 0) continue;
    unsaved.push_back({quotas_[i].host, NameOf(quotas_[i].period),
                       count.span.from_s, count.bytes});
  }
  return unsaved;
}

void HostQuotaMeter::Saved(const std::vector<StoredQuota>& saved) {
  const std::scoped_lock lock(mutex_);
  for (const StoredQuota& row : saved) {
    for (size_t i = 0; i < counts_.size(); ++i) {
      Count& count = counts_[i];
      if (row.host == quotas_[i].host &&
          row.period == NameOf(quotas_[i].period) &&
          row.begin_s == count.span.from_s && row.bytes == count.bytes) {
        count.is_saved = true;
      }
    }
  }
}

}  // namespace ntm::usage
