#include "device_book.h"

#include <algorithm>
#include <utility>

namespace ntm::devices {
namespace {

constexpr int64_t kMinuteSeconds = 60;

std::string IdOf(const Sighting& sighting) {
  const bool is_its_own =
      sighting.mac.kind == AddressKind::kMac && !sighting.is_router;
  return ToString(is_its_own ? sighting.mac : sighting.address);
}

std::string MacText(const Sighting& sighting) {
  return sighting.mac.kind == AddressKind::kMac ? ToString(sighting.mac) : "";
}

}  // namespace

void DeviceBook::Begin(int64_t now_s) {
  if (now_s >= began_s_) return;
  began_s_ = now_s;
  began_changed_ = true;
  is_own_begin_ = true;
}

void DeviceBook::FollowClock(int64_t jump_s) {
  if (!is_own_begin_) return;
  began_s_ += jump_s;
  began_changed_ = true;
}

void DeviceBook::Take(const Sighting& sighting) {
  // The kernel forgets neighbours that it does not talk to.
  const auto owner = owners_.find(sighting.address);
  if (sighting.mac.kind != AddressKind::kMac && owner != owners_.end()) {
    Device& device = devices_.at(owner->second).device;
    device.last_seen_s = std::max(device.last_seen_s, sighting.time_s);
    return;
  }
  const std::string id = IdOf(sighting);
  auto found = devices_.find(id);
  if (found == devices_.end()) {
    Adopt(sighting, id);
    found = devices_.find(id);
  }
  if (found == devices_.end()) {
    if (!MayAdd(sighting)) {
      ++refused_;
      return;
    }
    Add(sighting, id);
    found = devices_.find(id);
  }
  Entry& entry = found->second;
  Device& device = entry.device;
  Own(&entry, sighting.address);
  const std::string mac = MacText(sighting);
  if (!mac.empty() && device.mac != mac) {
    device.mac = mac;
    Touch(&entry);
  }
  device.last_seen_s = std::max(device.last_seen_s, sighting.time_s);
}

// A device that was known by this address only gets its hardware address as
// its id.
void DeviceBook::Adopt(const Sighting& sighting, const std::string& id) {
  const auto found = devices_.find(ToString(sighting.address));
  if (found == devices_.end() || found->first == id) return;
  const bool is_another = !found->second.device.mac.empty() &&
                          !sighting.is_router &&
                          found->second.device.mac != MacText(sighting);
  if (is_another) return;
  Device device = found->second.device;
  Remove(device.id);
  device.id = id;
  Entry& entry = devices_[id];
  entry.device = std::move(device);
  for (const Address& address : entry.device.addresses) owners_[address] = id;
  removed_.erase(id);
  Touch(&entry);
}

bool DeviceBook::MayAdd(const Sighting& sighting) {
  if (sighting.is_self) return true;
  const int64_t minute = sighting.time_s / kMinuteSeconds;
  if (minute != minute_) {
    minute_ = minute;
    added_in_minute_ = 0;
    unvouched_in_minute_ = 0;
  }
  const bool is_vouched = sighting.mac.kind == AddressKind::kMac;
  if (added_in_minute_ >= kMostPerMinute ||
      (!is_vouched && unvouched_in_minute_ >= kMostUnvouchedPerMinute)) {
    return false;
  }
  ++added_in_minute_;
  if (!is_vouched) ++unvouched_in_minute_;
  return true;
}

void DeviceBook::Add(const Sighting& sighting, const std::string& id) {
  MakeRoom();
  const std::string mac = MacText(sighting);
  // A router may first have been taken for a host.
  const bool was_known = sighting.is_self || devices_.contains(mac);
  Entry& entry = devices_[id];
  Device& device = entry.device;
  device.id = id;
  device.mac = mac;
  device.first_seen_s = sighting.time_s;
  device.last_seen_s = sighting.time_s;
  device.is_new = !was_known && sighting.time_s >= learns_until_s();
  if (device.is_new) ++new_devices_;
  removed_.erase(id);
  Touch(&entry);
}

void DeviceBook::MakeRoom() {
  if (devices_.size() < kMostDevices) return;
  const auto oldest = std::ranges::min_element(
      devices_, {}, [](const auto& e) { return e.second.device.last_seen_s; });
  Remove(std::string(oldest->first));
  ++forgotten_;
}

void DeviceBook::Remove(const std::string& id) {
  const auto found = devices_.find(id);
  if (found == devices_.end()) return;
  for (const Address& address : found->second.device.addresses) {
    const auto owner = owners_.find(address);
    if (owner != owners_.end() && owner->second == id) owners_.erase(owner);
  }
  devices_.erase(found);
  ++version_;
  if (!has_file_ || is_whole_) return;
  removed_[id] = version_;
  if (removed_.size() <= kMostDevices) return;
  removed_.clear();
  is_whole_ = true;
}

void DeviceBook::Own(Entry* entry, const Address& address) {
  std::vector<Address>& addresses = entry->device.addresses;
  const auto owner = owners_.find(address);
  if (owner != owners_.end() && owner->second == entry->device.id) {
    const auto place = std::ranges::find(addresses, address);
    std::rotate(addresses.begin(), place, place + 1);
    return;
  }
  Disown(address, entry->device.mac);
  owners_[address] = entry->device.id;
  addresses.insert(addresses.begin(), address);
  if (addresses.size() > kMostAddresses) {
    owners_.erase(addresses.back());
    addresses.pop_back();
  }
  Touch(entry);
}

// The address now belongs to another device, with hardware address `mac`. What
// was known by this address only is then no more; and neither is a hardware
// address that turned out to be a router's.
void DeviceBook::Disown(const Address& address, const std::string& mac) {
  const auto owner = owners_.find(address);
  if (owner == owners_.end()) return;
  const std::string id = owner->second;
  owners_.erase(owner);
  Entry& entry = devices_.at(id);
  std::erase(entry.device.addresses, address);
  Touch(&entry);
  const bool was_router = entry.device.addresses.empty() && id == mac;
  if (was_router || id == ToString(address)) Remove(id);
}

void DeviceBook::TakeNames(const HostNames& names) {
  for (auto& [id, entry] : devices_) {
    const HostName* best = nullptr;
    for (const Address& address : entry.device.addresses) {
      const HostName* name = names.Find(address);
      if (name == nullptr) continue;
      // The order of the addresses varies.
      if (best == nullptr || name->source < best->source ||
          (name->source == best->source && name->name < best->name)) {
        best = name;
      }
    }
    if (best == nullptr || entry.device.name == best->name) continue;
    entry.device.name = best->name;
    Touch(&entry);
  }
}

void DeviceBook::Load(std::vector<Device> stored,
                      std::optional<int64_t> began_s) {
  has_file_ = true;
  if (began_s && *began_s <= began_s_) {
    began_s_ = *began_s;
    began_changed_ = false;
    is_own_begin_ = false;
  }
  for (Device& device : stored) {
    const auto known = devices_.find(device.id);
    if (known != devices_.end()) {
      // It came before the file could be read.
      Device& mine = known->second.device;
      mine.first_seen_s = device.first_seen_s;
      mine.is_new = device.is_new;
      if (mine.name.empty()) mine.name = device.name;
      Touch(&known->second);
      continue;
    }
    if (devices_.size() >= kMostDevices) break;
    Entry& entry = devices_[device.id];
    std::erase_if(device.addresses, [&](const Address& address) {
      return !owners_.emplace(address, device.id).second;
    });
    entry.written_seen_s = device.last_seen_s;
    entry.device = std::move(device);
  }
  ++version_;
}

void DeviceBook::SaveAgain() {
  is_whole_ = true;
  removed_.clear();
  began_changed_ = true;
}

DeviceChanges DeviceBook::Changes() const {
  DeviceChanges changes;
  changes.version = version_;
  changes.is_whole = is_whole_;
  if (began_changed_) changes.began_s = began_s_;
  for (const auto& [id, entry] : devices_) {
    const int64_t unwritten = entry.device.last_seen_s - entry.written_seen_s;
    if (is_whole_ || entry.changed > saved_ ||
        unwritten >= kWriteAfterSeconds) {
      changes.devices.push_back(entry.device);
    }
  }
  for (const auto& [id, version] : removed_) changes.removed.push_back(id);
  return changes;
}

void DeviceBook::Saved(const DeviceChanges& changes) {
  saved_ = changes.version;
  if (changes.is_whole) is_whole_ = false;
  if (changes.began_s == began_s_) began_changed_ = false;
  for (const Device& device : changes.devices) {
    const auto found = devices_.find(device.id);
    if (found == devices_.end()) continue;
    found->second.written_seen_s = device.last_seen_s;
  }
  std::erase_if(removed_, [&](const auto& removal) {
    return removal.second <= changes.version;
  });
}

std::vector<Device> DeviceBook::All() const {
  std::vector<Device> all;
  all.reserve(devices_.size());
  for (const auto& [id, entry] : devices_) all.push_back(entry.device);
  std::ranges::sort(all, [](const Device& a, const Device& b) {
    return a.last_seen_s != b.last_seen_s ? a.last_seen_s > b.last_seen_s
                                          : a.id < b.id;
  });
  return all;
}

const Device* DeviceBook::Find(const Address& address) const {
  const auto owner = owners_.find(address);
  return owner == owners_.end() ? nullptr : &devices_.at(owner->second).device;
}

}  // namespace ntm::devices
