// Reads the state of all links, from netlink or, if netlink is not allowed,
// from /proc/net/dev.
//
// Shape    one dump per reading. Addresses and routes, which rarely change, are
//          read every kSlowReadings readings and when any link appears,
//          disappears, goes up or goes down; a link's speed every kSlowReadings
//          readings and when that link changes.
// Threads  one user at a time.
// Errors   Read() throws ntm::Error if the kernel does not answer.
// Source   rtnetlink(7); Documentation/ABI/testing/sysfs-class-net.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "link_reading.h"
#include "routing.h"

namespace ntm::interfaces {

class NetlinkSocket;

class LinkReader {
 public:
  static constexpr int kSlowReadings = 10;

  LinkReader();
  ~LinkReader();
  LinkReader(const LinkReader&) = delete;
  LinkReader& operator=(const LinkReader&) = delete;

  std::vector<LinkReading> Read();

  // As of the last slow reading.
  const Routing& routing() const noexcept { return routing_; }
  bool knows_addresses() const noexcept { return netlink_ != nullptr; }

 private:
  // The rarely read properties of one link.
  struct Slow {
    int index = 0;
    bool up = false;
    bool has_changed = false;  // since the last reading
    bool is_hardware = false;
    uint64_t speed_bits_per_second = 0;
    std::vector<std::string> addresses;
  };

  std::vector<LinkReading> ReadFast();
  // Returns true iff a link has appeared, disappeared, gone up or gone down.
  bool Follow(const std::vector<LinkReading>& links);
  void ReadAddresses();

  std::unique_ptr<NetlinkSocket> netlink_;  // nullptr: /proc/net/dev
  std::map<std::string, Slow> slow_;        // by the link's name
  int readings_until_slow_ = 0;
  Routing routing_;
};

}  // namespace ntm::interfaces
