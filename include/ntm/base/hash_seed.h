// A seed for a hash, other in every process, so that nobody outside can choose
// keys that collide.
//
// Threads  any.
// Errors   std::exception where the system has no random numbers.
#pragma once

#include <cstdint>
#include <random>

namespace ntm {

inline uint64_t RandomHashSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace ntm
