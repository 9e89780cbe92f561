#include "initial_keys.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <algorithm>
#include <string>
#include <string_view>

#include "ntm/base/error.h"

namespace ntm::names {
namespace {

constexpr std::array<uint8_t, 20> kSaltOf1 = {
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17,
    0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a};
constexpr std::array<uint8_t, 20> kSaltOf2 = {
    0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81, 0x93,
    0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9};

constexpr size_t kSecretBytes = 32;  // SHA-256
constexpr size_t kSampleBytes = 16;
constexpr size_t kTagBytes = 16;
constexpr size_t kMaxNumberBytes = 4;

struct FreeEvp {
  void operator()(EVP_KDF_CTX* kdf) const { EVP_KDF_CTX_free(kdf); }
  void operator()(EVP_CIPHER_CTX* cipher) const { EVP_CIPHER_CTX_free(cipher); }
};

// The HkdfLabel of TLS 1.3, without a context.
std::vector<uint8_t> LabelOf(std::string_view label, size_t out_bytes) {
  const std::string full = "tls13 " + std::string(label);
  std::vector<uint8_t> info = {0, static_cast<uint8_t>(out_bytes),
                               static_cast<uint8_t>(full.size())};
  info.insert(info.end(), full.begin(), full.end());
  info.push_back(0);
  return info;
}

OSSL_PARAM Octets(const char* name, Span bytes) {
  // OSSL_PARAM has no const; a KDF only reads them.
  return OSSL_PARAM_construct_octet_string(
      name, const_cast<uint8_t*>(bytes.data()), bytes.size());
}

}  // namespace

struct InitialOpener::Crypto {
  Crypto() {
    EVP_KDF* hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
    kdf.reset(EVP_KDF_CTX_new(hkdf));
    EVP_KDF_free(hkdf);
    header.reset(EVP_CIPHER_CTX_new());
    payload.reset(EVP_CIPHER_CTX_new());
    // With the ciphers set here, a packet needs nothing but its keys.
    if (kdf == nullptr || header == nullptr || payload == nullptr ||
        EVP_EncryptInit_ex(header.get(), EVP_aes_128_ecb(), nullptr, nullptr,
                           nullptr) != 1 ||
        EVP_DecryptInit_ex(payload.get(), EVP_aes_128_gcm(), nullptr, nullptr,
                           nullptr) != 1) {
      throw Error(
          "cannot read QUIC handshakes: libcrypto has no HKDF or AES-128-GCM; "
          "leave out --names-from-tls, or install the libssl of your system");
    }
  }

  // HKDF in one of its two halves, with SHA-256.
  bool Derive(int mode, Span key, const char* third_name, Span third,
              std::span<uint8_t> out) const {
    EVP_KDF_CTX_reset(kdf.get());
    std::string digest = "SHA256";
    const std::array<OSSL_PARAM, 5> params = {
        OSSL_PARAM_construct_int(OSSL_KDF_PARAM_MODE, &mode),
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, digest.data(),
                                         0),
        Octets(OSSL_KDF_PARAM_KEY, key), Octets(third_name, third),
        OSSL_PARAM_construct_end()};
    return EVP_KDF_derive(kdf.get(), out.data(), out.size(), params.data()) ==
           1;
  }

  bool Expand(Span secret, std::string_view label,
              std::span<uint8_t> out) const {
    return Derive(EVP_KDF_HKDF_MODE_EXPAND_ONLY, secret, OSSL_KDF_PARAM_INFO,
                  LabelOf(label, out.size()), out);
  }

  // What the protected bits of a header were changed by; §5.4.3.
  std::optional<std::array<uint8_t, kSampleBytes>> MaskOf(
      const InitialKeys& keys, Span sample) const {
    std::array<uint8_t, kSampleBytes> mask{};
    int written = 0;
    if (EVP_EncryptInit_ex(header.get(), nullptr, nullptr,
                           keys.header_key.data(), nullptr) != 1 ||
        EVP_CIPHER_CTX_set_padding(header.get(), 0) != 1 ||
        EVP_EncryptUpdate(header.get(), mask.data(), &written, sample.data(),
                          static_cast<int>(sample.size())) != 1) {
      return std::nullopt;
    }
    return mask;
  }

  std::unique_ptr<EVP_KDF_CTX, FreeEvp> kdf;
  std::unique_ptr<EVP_CIPHER_CTX, FreeEvp> header;
  std::unique_ptr<EVP_CIPHER_CTX, FreeEvp> payload;
};

InitialOpener::InitialOpener() : crypto_(std::make_unique<Crypto>()) {}
InitialOpener::~InitialOpener() = default;

std::optional<InitialKeys> InitialOpener::KeysOf(QuicVersion version,
                                                 Span destination_id) {
  const bool is_1 = version == QuicVersion::k1;
  std::array<uint8_t, kSecretBytes> initial{};
  std::array<uint8_t, kSecretBytes> client{};
  InitialKeys keys;
  const bool is_done =
      crypto_->Derive(EVP_KDF_HKDF_MODE_EXTRACT_ONLY, destination_id,
                      OSSL_KDF_PARAM_SALT, is_1 ? kSaltOf1 : kSaltOf2,
                      initial) &&
      crypto_->Expand(initial, "client in", client) &&
      crypto_->Expand(client, is_1 ? "quic key" : "quicv2 key", keys.key) &&
      crypto_->Expand(client, is_1 ? "quic iv" : "quicv2 iv", keys.iv) &&
      crypto_->Expand(client, is_1 ? "quic hp" : "quicv2 hp", keys.header_key);
  if (!is_done) return std::nullopt;
  return keys;
}

std::optional<std::vector<uint8_t>> InitialOpener::Open(
    const QuicPacket& packet, const InitialKeys& keys) {
  const size_t at = packet.number_offset;
  if (packet.bytes.size() < at + kMaxNumberBytes + kSampleBytes) {
    return std::nullopt;
  }
  const auto mask = crypto_->MaskOf(
      keys, packet.bytes.subspan(at + kMaxNumberBytes, kSampleBytes));
  if (!mask) return std::nullopt;
  // The header as it was before its protection is what authenticates it.
  std::vector<uint8_t> header(
      packet.bytes.begin(),
      packet.bytes.begin() + static_cast<std::ptrdiff_t>(at) + kMaxNumberBytes);
  header[0] = static_cast<uint8_t>(header[0] ^ ((*mask)[0] & 0x0f));
  const size_t number_bytes = size_t{header[0] & 3U} + 1;
  header.resize(at + number_bytes);
  // A client's Initial packets are few, so the number is all of it.
  std::array<uint8_t, 12> nonce = keys.iv;
  for (size_t i = 0; i < number_bytes; ++i) {
    uint8_t& byte = header[at + i];
    byte = static_cast<uint8_t>(byte ^ (*mask)[1 + i]);
    uint8_t& part = nonce[nonce.size() - number_bytes + i];
    part = static_cast<uint8_t>(part ^ byte);
  }
  const Span sealed = packet.bytes.subspan(at + number_bytes);
  if (sealed.size() < kTagBytes) return std::nullopt;
  std::vector<uint8_t> content(sealed.size() - kTagBytes);
  std::array<uint8_t, kTagBytes> tag{};
  std::ranges::copy(sealed.last(kTagBytes), tag.begin());
  EVP_CIPHER_CTX* aead = crypto_->payload.get();
  int written = 0;
  uint8_t none = 0;
  const bool is_authentic =
      EVP_DecryptInit_ex(aead, nullptr, nullptr, keys.key.data(),
                         nonce.data()) == 1 &&
      EVP_DecryptUpdate(aead, nullptr, &written, header.data(),
                        static_cast<int>(header.size())) == 1 &&
      EVP_DecryptUpdate(aead, content.empty() ? &none : content.data(),
                        &written, sealed.data(),
                        static_cast<int>(content.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(aead, EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) ==
          1 &&
      EVP_DecryptFinal_ex(aead, &none, &written) == 1;
  if (!is_authentic) return std::nullopt;
  return content;
}

}  // namespace ntm::names
