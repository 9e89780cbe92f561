#include "link_capacity.h"

#include <algorithm>

#include "bandwidth.h"

namespace ntm::interfaces {

uint64_t CapacityOf(const LinkReading& link,
                    const std::vector<LinkReading>& links,
                    uint64_t max_bits_per_second) {
  if (max_bits_per_second != 0) return max_bits_per_second;
  if (link.is_hardware) return link.speed_bits_per_second;
  uint64_t fastest = 0;
  for (const LinkReading& port : links) {
    if (link.index != 0 && port.master_index == link.index &&
        port.is_hardware && port.up) {
      fastest = std::max(fastest, port.speed_bits_per_second);
    }
  }
  return fastest;
}

void SetCapacity(uint64_t bits_per_second, double* max_bytes_per_second,
                 bool* max_is_assumed) {
  *max_is_assumed = bits_per_second == 0;
  const uint64_t told =
      *max_is_assumed ? kDefaultBitsPerSecond : bits_per_second;
  *max_bytes_per_second = static_cast<double>(told) / kBitsPerByte;
}

}  // namespace ntm::interfaces
