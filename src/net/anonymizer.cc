#include "ntm/net/anonymizer.h"

#include <openssl/evp.h>
#include <xxhash.h>

#include <algorithm>
#include <mutex>
#include <span>
#include <unordered_map>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr size_t kBlockBytes = 16;
constexpr size_t kMostBits = 128;

using Block = std::array<uint8_t, kBlockBytes>;

struct FreeCipher {
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};

struct CacheHash {
  size_t operator()(const Address& address) const noexcept {
    return XXH3_64bits(address.bytes.data(), address.bytes.size());
  }
};

// A mask of the first `bits` bits of a byte; of all 8 if `bits` is larger.
uint8_t FirstBits(size_t bits) {
  return static_cast<uint8_t>(0xff00U >> std::min<size_t>(bits, 8));
}

}  // namespace

struct Anonymizer::State {
  State(const Key& key, size_t most)
      : cipher(EVP_CIPHER_CTX_new()), cached_addresses(most) {
    if (cipher == nullptr ||
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_128_ecb(), nullptr, key.data(),
                           nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(cipher.get(), 0) != 1) {
      throw Error(
          "cannot anonymize: libcrypto has no AES-128; reinstall OpenSSL");
    }
    std::copy_n(key.data() + kBlockBytes, kBlockBytes, padding.data());
    Encrypt({&padding, 1});
  }

  // In place.
  void Encrypt(std::span<Block> blocks) {
    const int size = static_cast<int>(blocks.size() * kBlockBytes);
    int written = 0;
    if (EVP_EncryptUpdate(cipher.get(), blocks[0].data(), &written,
                          blocks[0].data(), size) != 1 ||
        written != size) {
      throw Error("cannot anonymize an address: libcrypto failed; restart");
    }
  }

  // Crypto-PAn: each bit is flipped if the first bit of the encrypted preceding
  // bits is 1.
  Address Encrypted(const Address& address, size_t bits) {
    std::array<Block, kMostBits> blocks;
    for (size_t i = 0; i < bits; ++i) {
      blocks[i] = padding;
      for (size_t byte = 0; byte * 8 < i; ++byte) {
        const uint8_t mask = FirstBits(i - byte * 8);
        blocks[i][byte] = static_cast<uint8_t>((address.bytes[byte] & mask) |
                                               (padding[byte] & ~mask));
      }
    }
    Encrypt({blocks.data(), bits});
    Address alias = address;
    for (size_t i = 0; i < bits; ++i) {
      alias.bytes[i / 8] ^=
          static_cast<uint8_t>((blocks[i][0] >> 7) << (7 - i % 8));
    }
    return alias;
  }

  Address Cached(const Address& address, size_t bits) {
    const std::scoped_lock lock(mutex);
    const auto found = cache.find(address);
    if (found != cache.end()) return found->second;
    const Address alias = Encrypted(address, bits);
    if (cache.size() >= cached_addresses) cache.clear();
    cache.emplace(address, alias);
    return alias;
  }

  std::mutex mutex;
  // Guarded by mutex: encrypting changes the cipher's context.
  std::unique_ptr<EVP_CIPHER_CTX, FreeCipher> cipher;
  std::unordered_map<Address, Address, CacheHash> cache;
  // Constant after construction
  size_t cached_addresses;
  Block padding;
};

Anonymizer::Anonymizer(const Key& key, size_t cached_addresses)
    : state_(std::make_unique<State>(key, cached_addresses)) {}

Anonymizer::~Anonymizer() = default;

Address Anonymizer::Alias(const Address& address) const {
  constexpr size_t kIpv4Bits = 32;
  switch (address.kind) {
    case AddressKind::kIpv4:
      return state_->Cached(address, kIpv4Bits);
    case AddressKind::kIpv6:
      return state_->Cached(address, kMostBits);
    case AddressKind::kMac:
      return {{}, AddressKind::kMac};
    case AddressKind::kNone:
    case AddressKind::kOther:
    case AddressKind::kInternet:
    case AddressKind::kName:
      return address;
  }
  return Address::Other();
}

}  // namespace ntm
