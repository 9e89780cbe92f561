#include "name_table.h"

#include <algorithm>
#include <utility>

#include "ntm/network.h"

namespace ntm::names {
namespace {

NameTable::Time Clamped(uint32_t ttl_seconds, std::chrono::seconds min,
                        std::chrono::seconds max) {
  return std::clamp(std::chrono::seconds(ttl_seconds), min, max);
}

}  // namespace

void NameTable::Replace(NameSource source, FoundNames names) {
  const std::scoped_lock lock(mutex_);
  FoundNames& old = source == NameSource::kStatic ? static_ : dhcp_;
  if (old == names) return;
  old = std::move(names);
  names_.reset();
}

void NameTable::Need(const std::vector<Address>& addresses, Time now) {
  const std::scoped_lock lock(mutex_);
  ++snapshots_;
  // Those that are here first, so that none of them gives way to a new one.
  std::vector<const Address*> strangers;
  for (const Address& address : addresses) {
    if (index_.contains(address)) {
      MarkNeeded(Touch(address), now);
    } else {
      strangers.push_back(&address);
    }
  }
  for (const Address* address : strangers) {
    Entry* entry = Touch(*address);
    if (entry == nullptr) break;
    MarkNeeded(entry, now);
  }
}

void NameTable::MarkNeeded(Entry* entry, Time now) {
  const bool was_away = entry->needed_by + 1 < snapshots_;
  entry->needed_by = snapshots_;
  if (was_away && !entry->seen.empty() && entry->seen_until <= now) {
    Assign(&entry->seen, "");
  }
  if (entry->asking != Asking::kNo || entry->ask_again_at > now ||
      IsNamedByFile(entry->address)) {
    return;
  }
  entry->asking = Asking::kQueued;
  if (IsLocal(entry->address)) {
    questions_.push_front(entry->address);
  } else {
    questions_.push_back(entry->address);
  }
}

std::optional<Address> NameTable::NextQuestion() {
  const std::scoped_lock lock(mutex_);
  while (!questions_.empty()) {
    const Address address = questions_.front();
    questions_.pop_front();
    Entry* entry = Find(address);
    if (entry == nullptr || entry->asking != Asking::kQueued) continue;
    // One that is gone from the series by now need not be asked about.
    const bool is_needed = entry->needed_by == snapshots_;
    entry->asking = is_needed ? Asking::kAsked : Asking::kNo;
    if (is_needed) return address;
  }
  return std::nullopt;
}

void NameTable::LearnPtr(const Address& address, std::string name,
                         uint32_t ttl_seconds, Time now) {
  const std::scoped_lock lock(mutex_);
  Entry* entry = Find(address);
  if (entry == nullptr) return;
  Assign(&entry->ptr, std::move(name));
  Answered(entry, now + Clamped(ttl_seconds, kMinTtl, kMaxTtl));
}

void NameTable::LearnAbsence(const Address& address, uint32_t ttl_seconds,
                             Time now) {
  const std::scoped_lock lock(mutex_);
  Entry* entry = Find(address);
  if (entry == nullptr) return;
  Assign(&entry->ptr, "");
  Answered(entry, now + Clamped(ttl_seconds, kMinAbsence, kMaxAbsence));
}

void NameTable::LearnFailure(const Address& address, Time now) {
  const std::scoped_lock lock(mutex_);
  Entry* entry = Find(address);
  if (entry != nullptr) Answered(entry, now + kRetryAfter);
}

void NameTable::LearnSeen(const Address& address, std::string name,
                          uint32_t ttl_seconds, Time now) {
  const std::scoped_lock lock(mutex_);
  Entry* entry = Touch(address);
  if (entry == nullptr) return;
  const bool holds = !entry->seen.empty() && entry->seen_until > now;
  if (holds && entry->seen != name) return;
  Assign(&entry->seen, std::move(name));
  entry->seen_until = now + Clamped(ttl_seconds, kMinTtl, kMaxTtl);
}

std::shared_ptr<const HostNames> NameTable::Names() const {
  const std::scoped_lock lock(mutex_);
  if (names_) return names_;
  HostNames::Map best;
  best.reserve(static_.size() + dhcp_.size() + entries_.size());
  const auto offer = [&best](const Address& address, const std::string& name,
                             NameSource source) {
    if (!name.empty()) best.try_emplace(address, HostName{name, source});
  };
  for (const auto& [address, name] : static_) {
    offer(address, name, NameSource::kStatic);
  }
  for (const auto& [address, name] : dhcp_) {
    offer(address, name, NameSource::kDhcp);
  }
  for (const Entry& entry : entries_) {
    offer(entry.address, entry.ptr, NameSource::kPtr);
    offer(entry.address, entry.seen, NameSource::kDns);
  }
  names_ = std::make_shared<const HostNames>(std::move(best));
  return names_;
}

size_t NameTable::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

NameTable::Entry* NameTable::Touch(const Address& address) {
  if (const auto found = index_.find(address); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
  }
  if (entries_.size() >= capacity_) {
    const Entry& last = entries_.back();
    if (last.needed_by == snapshots_ && snapshots_ != 0) return nullptr;
    if (!last.ptr.empty() || !last.seen.empty()) names_.reset();
    index_.erase(last.address);
    entries_.pop_back();
  }
  entries_.emplace_front().address = address;
  index_.emplace(address, entries_.begin());
  return &entries_.front();
}

NameTable::Entry* NameTable::Find(const Address& address) {
  const auto found = index_.find(address);
  return found == index_.end() ? nullptr : &*found->second;
}

void NameTable::Answered(Entry* entry, Time ask_again_at) {
  entry->asking = Asking::kNo;
  entry->ask_again_at = ask_again_at;
}

bool NameTable::IsNamedByFile(const Address& address) const {
  return static_.contains(address) || dhcp_.contains(address);
}

void NameTable::Assign(std::string* name, std::string value) {
  if (*name == value) return;
  *name = std::move(value);
  names_.reset();
}

}  // namespace ntm::names
