// Replaces addresses by aliases that preserve prefixes: they reveal only which
// addresses share a network.
//
// Shape    Crypto-PAn: two addresses that share exactly k leading bits have
//          aliases that share exactly k; so the mapping is one to one within
//          IPv4 and within IPv6. The aliases depend on the key only. Broadcast,
//          multicast and loopback addresses get aliases too. All MAC addresses
//          have one alias, because their first half identifies the vendor. The
//          other kinds do not change.
// Memory   a cache of at most `cached_addresses`, which is cleared when full.
// Threads  any number at once.
// Errors   throws ntm::Error if libcrypto fails; never returns a real address.
// Source   J. Xu, J. Fan, M. Ammar, S. Moon, "Prefix-Preserving IP Address
//          Anonymization", ICNP 2002; AES-128 of libcrypto. IPv6 by the same
//          rule over 128 bits.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>

#include "ntm/net/address.h"

namespace ntm {

class Anonymizer {
 public:
  static constexpr size_t kKeyBytes = 32;  // the cipher key, then the padding
  using Key = std::array<uint8_t, kKeyBytes>;

  explicit Anonymizer(const Key& key, size_t cached_addresses = 65536);
  ~Anonymizer();
  Anonymizer(const Anonymizer&) = delete;
  Anonymizer& operator=(const Anonymizer&) = delete;

  // The alias of the address; that of a MAC is all zeros.
  Address Alias(const Address& address) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ntm
