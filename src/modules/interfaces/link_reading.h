// What the kernel says of one link at one moment.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "link_counters.h"

namespace ntm::interfaces {

struct LinkReading {
  std::string name;
  int index = 0;             // 0: the kernel does not say
  bool up = false;           // set up, and the other side is there
  bool is_hardware = false;  // a device on a bus, not a virtual link
  bool is_loopback = false;
  bool is_bridge = false;
  int master_index = 0;                // the bridge, bond … it is a port of
  uint64_t speed_bits_per_second = 0;  // 0: unknown
  uint32_t mtu_bytes = 0;
  std::string mac;                     // "" where it has none
  std::vector<std::string> addresses;  // with prefix length
  LinkCounters counters{};
};

}  // namespace ntm::interfaces
