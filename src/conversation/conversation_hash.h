// Hashes the two ends of a conversation, with a key that nobody outside knows,
// so that nobody can choose ends that collide. The hash stands for the ends:
// two conversations are taken for one with a probability of about 2^-63 for
// each pair that is compared.
//
// Shape    symmetric: both directions have one hash, and the side of the sender
//          says which of the two it is.
// Threads  immutable after construction.
// Source   the folded multiplication of wyhash (Wang Yi); keys by splitmix64
// (Steele, Lea, Flood: Fast
//          splittable pseudorandom number generators, 2014).
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "ntm/net/address.h"

namespace ntm {

class ConversationHash {
 public:
  struct Ends {
    uint64_t hash;  // never 0
    bool side;      // of the source
  };

  explicit ConversationHash(uint64_t seed) noexcept {
    for (uint64_t& word : key_) {
      seed += 0x9e3779b97f4a7c15;
      word = (seed ^ seed >> 30) * 0xbf58476d1ce4e5b9;
      word = (word ^ word >> 27) * 0x94d049bb133111eb;
      word ^= word >> 31;
    }
  }

  // `domain` separates what must not meet, such as interfaces.
  Ends OfBoth(const Address& src, uint16_t src_port, const Address& dst,
              uint16_t dst_port, uint16_t domain) const noexcept {
    const uint64_t a = OfEnd(src, src_port);
    const uint64_t b = OfEnd(dst, dst_port);
    return {Mixed(a, b, domain), a > b};
  }

  // The client's end, the server, and the identification.
  uint64_t OfQuestion(const Address& client, uint16_t port,
                      const Address& server, uint16_t id,
                      uint16_t domain) const noexcept {
    constexpr uint64_t kServer = uint64_t{1} << 63;
    return Mixed(OfEnd(client, port), OfEnd(server, id) ^ kServer, domain);
  }

 private:
  struct Product {
    uint64_t low;
    uint64_t high;
  };

  static Product Multiply(uint64_t a, uint64_t b) noexcept {
#ifdef __SIZEOF_INT128__
    __extension__ using Wide = unsigned __int128;
    const Wide product = Wide{a} * b;
    return {static_cast<uint64_t>(product),
            static_cast<uint64_t>(product >> 64)};
#else
    const uint64_t low_a = a & 0xffffffff;
    const uint64_t low_b = b & 0xffffffff;
    const uint64_t low = low_a * low_b;
    const uint64_t middle = (a >> 32) * low_b + (low >> 32);
    const uint64_t other = low_a * (b >> 32) + (middle & 0xffffffff);
    return {other << 32 | (low & 0xffffffff),
            (a >> 32) * (b >> 32) + (middle >> 32) + (other >> 32)};
#endif
  }

  static uint64_t Fold(uint64_t a, uint64_t b) noexcept {
    const Product product = Multiply(a, b);
    return product.low ^ product.high;
  }

  // The order of the ends does not matter to their product and their sum, which
  // together tell which ends they are.
  uint64_t Mixed(uint64_t a, uint64_t b, uint16_t domain) const noexcept {
    a ^= key_[0];
    b ^= key_[0];
    const Product product = Multiply(a, b);
    return Fold(product.low ^ key_[1] ^ domain, product.high + a + b) | 1U;
  }

  // For IPv4 all of it, without a loss; for others hashed.
  uint64_t OfEnd(const Address& address, uint16_t port) const noexcept {
    const auto words = std::bit_cast<std::array<uint64_t, 2>>(address.bytes);
    const uint64_t end = words[0] ^ uint64_t { port } << 32;
    if (address.kind == AddressKind::kIpv4) [[likely]]
      return end;
    return Fold(words[0] ^ key_[2], words[1] ^ key_[3]) ^ uint64_t { port }
                                                              << 32;
  }

  std::array<uint64_t, 4> key_{};
};

}  // namespace ntm
