#include "name_table.h"

#include <algorithm>
#include <utility>

#include "ntm/net/network.h"

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
  // Known addresses first, so that none of them is evicted for a new one.
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
  if (was_away) {
    if (entry->crowd && entry->crowd->until <= now) DropSeen(entry);
    DropStale(entry, now);
  }
  if (!asks_ || entry->asking != Asking::kNo || entry->ask_again_at > now ||
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
    // Addresses that are in no series any more are not asked about.
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

void NameTable::LearnSeen(const Address& client, const Address& address,
                          SeenName seen, uint32_t ttl_seconds, Time now) {
  const std::scoped_lock lock(mutex_);
  Entry* entry = Touch(address);
  if (entry == nullptr) return;
  seen.until = now + Clamped(ttl_seconds, kMinTtl, kMaxTtl);
  const std::string name = seen.name;
  TakeSeen(std::move(seen), now, entry);
  if (keeps_clients_ && TakeAsked({client, address}, name) &&
      (entry->SeenText() != name || !entry->ptr.empty())) {
    names_.reset();
  }
}

void NameTable::TakeSeen(SeenName seen, Time now, Entry* entry) {
  if (entry->crowd && entry->crowd->until <= now) DropSeen(entry);
  if (entry->crowd) {
    entry->crowd->until = std::max(entry->crowd->until, seen.until);
    if (entry->crowd->domain != seen.domain) Assign(&entry->crowd->domain, "");
    return;
  }
  std::vector<SeenName>& names = entry->seen;
  if (!names.empty() && names.front().name == seen.name) {
    names.front().until = seen.until;
    if (seen.source < names.front().source) {
      names.front().source = seen.source;
      names_.reset();
    }
    return;
  }
  DropStale(entry, now);
  const auto known = std::ranges::find(names, seen.name, &SeenName::name);
  // Clients that share an address would change its name with each handshake.
  if (seen.source == NameSource::kTls && known != names.end()) {
    known->until = std::max(known->until, seen.until);
    return;
  }
  seen_names_ -= std::erase_if(
      names, [&](const SeenName& other) { return other.name == seen.name; });
  if (!names.empty() && seen_names_ >= 2 * capacity_) {
    names.pop_back();
    --seen_names_;
  }
  names.insert(names.begin(), std::move(seen));
  ++seen_names_;
  names_.reset();
  if (names.size() <= kMostNames) return;
  SeenName crowd = names.front();
  for (const SeenName& other : names) {
    if (other.domain != crowd.domain) crowd.domain.clear();
    crowd.until = std::max(crowd.until, other.until);
  }
  DropSeen(entry);
  entry->crowd = std::move(crowd);
}

void NameTable::DropSeen(Entry* entry) {
  if (entry->seen.empty() && !entry->crowd) return;
  seen_names_ -= entry->seen.size();
  entry->seen.clear();
  entry->crowd.reset();
  names_.reset();
}

void NameTable::DropStale(Entry* entry, Time now) {
  const size_t gone = std::erase_if(
      entry->seen, [now](const SeenName& seen) { return seen.until <= now; });
  seen_names_ -= gone;
  if (gone > 0) names_.reset();
}

const std::string& NameTable::Entry::SeenText() const {
  static const std::string kNone;
  if (crowd) return crowd->domain;
  return seen.empty() ? kNone : seen.front().name;
}

NameSource NameTable::Entry::SeenSource() const {
  if (crowd) return crowd->source;
  return seen.empty() ? NameSource::kDns : seen.front().source;
}

bool NameTable::TakeAsked(const ClientHost& pair, std::string name) {
  const auto found = asked_index_.find(pair);
  if (found != asked_index_.end()) {
    asked_.splice(asked_.begin(), asked_, found->second);
    if (asked_.front().name == name) return false;
    asked_.front().name = std::move(name);
    names_.reset();
    return true;
  }
  if (asked_.size() >= std::min(capacity_, kMostOfClients)) {
    ++forgotten_;
    asked_index_.erase(asked_.back().pair);
    asked_.pop_back();
  }
  asked_.push_front({pair, std::move(name)});
  asked_index_.emplace(pair, asked_.begin());
  return true;
}

// Only names that differ from the general one, and only if no file has a name.
HostNames::ClientMap NameTable::OfClients(const HostNames::Map& best) const {
  HostNames::ClientMap names;
  for (const Asked& asked : asked_) {
    if (!index_.contains(asked.pair.host)) continue;
    const auto told = best.find(asked.pair.host);
    if (told != best.end() && (told->second.source < NameSource::kPtr ||
                               told->second.name == asked.name)) {
      continue;
    }
    names.emplace(asked.pair, asked.name);
  }
  return names;
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
    offer(entry.address, entry.SeenText(), entry.SeenSource());
  }
  HostNames::ClientMap of_clients = OfClients(best);
  names_ =
      std::make_shared<const HostNames>(std::move(best), std::move(of_clients));
  return names_;
}

size_t NameTable::size() const {
  const std::scoped_lock lock(mutex_);
  return entries_.size();
}

size_t NameTable::seen_names() const {
  const std::scoped_lock lock(mutex_);
  return seen_names_;
}

uint64_t NameTable::forgotten_of_clients() const {
  const std::scoped_lock lock(mutex_);
  return forgotten_;
}

NameTable::Entry* NameTable::Touch(const Address& address) {
  if (const auto found = index_.find(address); found != index_.end()) {
    entries_.splice(entries_.begin(), entries_, found->second);
    return &entries_.front();
  }
  if (entries_.size() >= capacity_) {
    Entry& last = entries_.back();
    if (last.needed_by == snapshots_ && snapshots_ != 0) return nullptr;
    if (!last.ptr.empty()) names_.reset();
    DropSeen(&last);
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
