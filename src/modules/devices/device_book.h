// Keeps the devices that were seen on the local networks, and finds out which
// of them are new.
//
// Units    seconds since the epoch.
// Shape    a device is known by its hardware address, if that is known and not
//          a router's, with its latest kMostAddresses addresses; else by its
//          only address. Of two devices with one address, the later one has it.
//          At most kMostDevices: the one not seen for longest goes first. What
//          is seen within `learning_s` of the book's begin, and this machine,
//          is known silently; any later device is new. A device that was known
//          by its address, and whose hardware address is then found, is the
//          same one; so is one whose hardware address is no longer known. At
//          most kMostPerMinute devices are added per minute, and
//          fewer without a hardware address, so that forged addresses cannot
//          cause many writes.
//          Changes() are what is not in the database: a device is written
//          when it is new or has a new name or address, and the time when it
//          was last seen at most every kWriteAfterSeconds.
// Threads  one user at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "ntm/net/address.h"
#include "ntm/net/host_names.h"

namespace ntm::devices {

struct Device {
  std::string id;
  std::string mac;  // "" if it is not known
  std::string name;
  std::vector<Address> addresses;  // the latest first
  int64_t first_seen_s = 0;
  int64_t last_seen_s = 0;
  bool is_new = false;  // at first_seen_s, it was not known
};

// An address that has sent or received packets.
struct Sighting {
  Address address;
  Address mac;             // kNone if it is not known
  bool is_router = false;  // the MAC stands for several hosts
  bool is_self = false;    // this machine
  int64_t time_s = 0;
};

struct DeviceChanges {
  bool is_whole = false;  // all stored rows are to be deleted first
  std::vector<Device> devices;
  std::vector<std::string> removed;  // ids
  int64_t began_s = 0;
  uint64_t version = 0;
};

class DeviceBook {
 public:
  static constexpr size_t kMostDevices = 4096;
  static constexpr size_t kMostAddresses = 16;
  static constexpr int kMostPerMinute = 256;
  static constexpr int kMostUnvouchedPerMinute = 32;
  static constexpr int64_t kWriteAfterSeconds = 3600;

  explicit DeviceBook(int64_t learning_s = 86400) : learning_s_(learning_s) {}

  void set_learning_seconds(int64_t seconds) { learning_s_ = seconds; }

  // To be called first, with the present time.
  void Begin(int64_t now_s);

  // The clock was set ahead or back: a machine without a clock of its own gets
  // its time after the start, which must not end the learning.
  void FollowClock(int64_t jump_s);

  void Take(const Sighting& sighting);

  // A device gets the most trusted name of its addresses; one without any
  // keeps its last name.
  void TakeNames(const HostNames& names);

  // The stored devices, and since when; nothing if the file is new. Those of
  // the memory are added to them.
  void Load(std::vector<Device> stored, std::optional<int64_t> began_s);
  // Everything has to be written again, to another file.
  void SaveAgain();
  DeviceChanges Changes() const;
  void Saved(const DeviceChanges& changes);

  std::vector<Device> All() const;
  const Device* Find(const Address& address) const;
  size_t size() const noexcept { return devices_.size(); }
  // Until this time devices are known silently.
  int64_t learns_until_s() const noexcept { return began_s_ + learning_s_; }

  // Grows when devices, their addresses or names change.
  uint64_t version() const noexcept { return version_; }
  uint64_t new_devices() const noexcept { return new_devices_; }
  uint64_t refused() const noexcept { return refused_; }
  uint64_t forgotten() const noexcept { return forgotten_; }

 private:
  struct Entry {
    Device device;
    uint64_t changed = 0;        // the version of its last change to be saved
    int64_t written_seen_s = 0;  // last_seen_s in the database
  };
  using Entries = std::unordered_map<std::string, Entry>;

  void Add(const Sighting& sighting, const std::string& id);
  void Adopt(const Sighting& sighting, const std::string& id);
  void Own(Entry* entry, const Address& address);
  void Disown(const Address& address, const std::string& mac);
  void Remove(const std::string& id);
  void MakeRoom();
  bool MayAdd(const Sighting& sighting);
  void Touch(Entry* entry) { entry->changed = ++version_; }

  // A sum with a learning time must not overflow.
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max() / 2;

  int64_t learning_s_;
  int64_t began_s_ = kNever;
  bool began_changed_ = false;
  bool is_own_begin_ = false;  // of this run
  Entries devices_;            // by id
  std::unordered_map<Address, std::string, AddressHash> owners_;
  bool has_file_ = false;
  bool is_whole_ = false;  // there were too many removals to remember
  // To be deleted in the database, with the version of the removal.
  std::unordered_map<std::string, uint64_t> removed_;
  int64_t minute_ = 0;
  int added_in_minute_ = 0;
  int unvouched_in_minute_ = 0;
  uint64_t version_ = 0;
  uint64_t saved_ = 0;
  uint64_t new_devices_ = 0;
  uint64_t refused_ = 0;
  uint64_t forgotten_ = 0;
};

}  // namespace ntm::devices
