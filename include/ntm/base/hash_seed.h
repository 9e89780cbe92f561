// Returns a random hash seed for this process, so that an attacker cannot
// choose keys that collide.
//
// Threads  any.
// Errors   std::exception if the system has no source of random numbers.
#pragma once

#include <cstdint>
#include <random>

namespace ntm {

inline uint64_t RandomHashSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

}  // namespace ntm
