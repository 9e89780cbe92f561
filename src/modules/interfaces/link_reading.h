// The kernel's information about one link at one time.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "link_counters.h"

namespace ntm::interfaces {

struct LinkReading {
  std::string name;
  int index = 0;             // 0: unknown
  bool up = false;           // administratively up, with a carrier
  bool is_hardware = false;  // has a device, is not virtual
  bool is_loopback = false;
  bool is_bridge = false;
  int master_index = 0;                // its bridge or bond; 0: none
  uint64_t speed_bits_per_second = 0;  // 0: unknown
  uint32_t mtu_bytes = 0;
  std::string mac;                     // "": none
  std::vector<std::string> addresses;  // with prefix length
  LinkCounters counters{};
};

}  // namespace ntm::interfaces
