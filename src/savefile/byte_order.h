// Reads integers in the byte order of the machine that wrote a file.
#pragma once

#include <cstdint>
#include <cstring>

namespace ntm {

struct SavefileOrder {
  bool is_swapped = false;  // the other order than this machine's

  uint16_t U16(const uint8_t* from) const noexcept {
    uint16_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return is_swapped ? __builtin_bswap16(value) : value;
  }
  uint32_t U32(const uint8_t* from) const noexcept {
    uint32_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return is_swapped ? __builtin_bswap32(value) : value;
  }
  uint64_t U64(const uint8_t* from) const noexcept {
    uint64_t value = 0;
    std::memcpy(&value, from, sizeof value);
    return is_swapped ? __builtin_bswap64(value) : value;
  }
};

}  // namespace ntm
