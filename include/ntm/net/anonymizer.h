// Gives each address an alias that tells nothing of it but which addresses
// share a network.
//
// Shape    Crypto-PAn: two addresses that share exactly k leading bits have
//          aliases that share exactly k; so within IPv4 and within IPv6 it is
//          one to one. The same key gives the same aliases, another key others.
//          Broadcast, multicast and loopback addresses are no exception.
//          What else stands for a host: every MAC has the same alias, because
//          its first half names the maker; "other" and none stay.
// Memory   a cache of at most `cached_addresses`, which starts anew when full.
// Threads  any number at once.
// Errors   throws ntm::Error if libcrypto fails; never gives an address itself.
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
  static constexpr size_t kKeyBytes = 32;  // the cipher's, then the padding's
  using Key = std::array<uint8_t, kKeyBytes>;

  explicit Anonymizer(const Key& key, size_t cached_addresses = 65536);
  ~Anonymizer();
  Anonymizer(const Anonymizer&) = delete;
  Anonymizer& operator=(const Anonymizer&) = delete;

  // What FormatAddress() is to write instead; a MAC's is all zeros.
  Address Alias(const Address& address) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ntm
