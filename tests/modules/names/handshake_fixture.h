// Builds ClientHellos, TLS records and QUIC packets, valid and invalid ones.
#pragma once

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "modules/names/initial_keys.h"
#include "modules/names/quic_packet.h"

namespace ntm::names::test {

using HelloBytes = std::vector<uint8_t>;

inline void Join(HelloBytes* out, const HelloBytes& more) {
  out->insert(out->end(), more.begin(), more.end());
}

// The content after its length of so many bytes.
inline HelloBytes Sized(size_t length_bytes, const HelloBytes& content) {
  HelloBytes out;
  for (size_t i = length_bytes; i > 0; --i) {
    out.push_back(static_cast<uint8_t>(content.size() >> 8 * (i - 1)));
  }
  Join(&out, content);
  return out;
}

inline HelloBytes Extension(uint16_t type, const HelloBytes& content) {
  HelloBytes out = {static_cast<uint8_t>(type >> 8),
                    static_cast<uint8_t>(type)};
  Join(&out, Sized(2, content));
  return out;
}

inline HelloBytes ServerName(const std::string& name, uint8_t type = 0) {
  HelloBytes entry = {type};
  Join(&entry, Sized(2, HelloBytes(name.begin(), name.end())));
  return Extension(0, Sized(2, entry));
}

// A handshake message with these extensions.
inline HelloBytes HelloWith(const HelloBytes& extensions) {
  HelloBytes body = {3, 3};
  body.resize(34, 0xaa);                            // version, random
  Join(&body, Sized(1, HelloBytes(32, 0xbb)));      // session id
  Join(&body, Sized(2, {0x13, 0x01, 0x13, 0x02}));  // cipher suites
  Join(&body, Sized(1, {0}));                       // compression methods
  Join(&body, Sized(2, extensions));
  HelloBytes out = {1};
  Join(&out, Sized(3, body));
  return out;
}

// With a key share of so many bytes, before or after the name.
inline HelloBytes Hello(const std::string& name, size_t key_share_bytes = 32,
                        bool is_name_last = false) {
  const HelloBytes share = Extension(51, HelloBytes(key_share_bytes, 0xcc));
  HelloBytes extensions = Extension(0x0a0a, {});
  if (is_name_last) Join(&extensions, share);
  Join(&extensions, ServerName(name));
  if (!is_name_last) Join(&extensions, share);
  return HelloWith(extensions);
}

inline HelloBytes TlsRecord(const HelloBytes& content, uint8_t type = 22) {
  HelloBytes out = {type, 3, 1};
  Join(&out, Sized(2, content));
  return out;
}

inline HelloBytes ServerHello() { return TlsRecord({2, 0, 0, 4, 3, 3, 0, 0}); }

// As a QUIC variable-length integer of two bytes, or four.
inline HelloBytes Variable(size_t value) {
  if (value < 16384) {
    return {static_cast<uint8_t>(0x40 | value >> 8),
            static_cast<uint8_t>(value)};
  }
  return {static_cast<uint8_t>(0x80 | value >> 24),
          static_cast<uint8_t>(value >> 16), static_cast<uint8_t>(value >> 8),
          static_cast<uint8_t>(value)};
}

inline HelloBytes Crypto(size_t offset, const HelloBytes& data) {
  HelloBytes out = {6};
  Join(&out, Variable(offset));
  Join(&out, Variable(data.size()));
  Join(&out, data);
  return out;
}

inline HelloBytes CryptoPart(const HelloBytes& message, size_t begin,
                             size_t end) {
  return Crypto(begin, HelloBytes(message.begin() + static_cast<long>(begin),
                                  message.begin() + static_cast<long>(end)));
}

struct Initial {
  HelloBytes destination_id = {1, 2, 3, 4, 5, 6, 7, 8};
  HelloBytes source_id = {9, 9, 9};
  HelloBytes token = {};
  uint32_t version = 1;
  uint32_t number = 0;
  uint8_t number_bytes = 4;
  size_t padded_bytes = 1162;  // of the frames
  // Whose keys: those of this id, if it is not that of the packet.
  std::optional<HelloBytes> keys_of = std::nullopt;
  std::optional<size_t> length = std::nullopt;  // a false one
};

inline HelloBytes LongHeader(uint8_t first, uint32_t version,
                             const HelloBytes& destination_id,
                             const HelloBytes& source_id) {
  HelloBytes out = {first, static_cast<uint8_t>(version >> 24),
                    static_cast<uint8_t>(version >> 16),
                    static_cast<uint8_t>(version >> 8),
                    static_cast<uint8_t>(version)};
  Join(&out, Sized(1, destination_id));
  Join(&out, Sized(1, source_id));
  return out;
}

// What a client sends: RFC 9001 §5.3, 5.4, in the other direction.
inline HelloBytes Seal(HelloBytes frames, const Initial& initial = {}) {
  frames.resize(std::max(frames.size(), initial.padded_bytes));
  const bool is_1 = initial.version == 1;
  const InitialKeys keys =
      InitialOpener()
          .KeysOf(is_1 ? QuicVersion::k1 : QuicVersion::k2,
                  initial.keys_of.value_or(initial.destination_id))
          .value();
  const uint8_t first =
      static_cast<uint8_t>((is_1 ? 0xc0 : 0xd0) | (initial.number_bytes - 1));
  HelloBytes packet = LongHeader(first, initial.version, initial.destination_id,
                                 initial.source_id);
  if (initial.token.empty()) {
    packet.push_back(0);
  } else {
    Join(&packet, Variable(initial.token.size()));
    Join(&packet, initial.token);
  }
  Join(&packet, Variable(initial.length.value_or(initial.number_bytes +
                                                 frames.size() + 16)));
  const size_t at = packet.size();
  auto nonce = keys.iv;
  for (size_t i = 0; i < initial.number_bytes; ++i) {
    const auto byte = static_cast<uint8_t>(initial.number >>
                                           8 * (initial.number_bytes - 1 - i));
    packet.push_back(byte);
    nonce[12 - initial.number_bytes + i] ^= byte;
  }
  const size_t header_bytes = packet.size();
  packet.resize(header_bytes + frames.size() + 16);
  EVP_CIPHER_CTX* aead = EVP_CIPHER_CTX_new();
  int written = 0;
  EVP_EncryptInit_ex(aead, EVP_aes_128_gcm(), nullptr, keys.key.data(),
                     nonce.data());
  EVP_EncryptUpdate(aead, nullptr, &written, packet.data(),
                    static_cast<int>(header_bytes));
  EVP_EncryptUpdate(aead, packet.data() + header_bytes, &written, frames.data(),
                    static_cast<int>(frames.size()));
  EVP_EncryptFinal_ex(aead, packet.data() + packet.size(), &written);
  EVP_CIPHER_CTX_ctrl(aead, EVP_CTRL_AEAD_GET_TAG, 16,
                      packet.data() + header_bytes + frames.size());
  EVP_CIPHER_CTX_free(aead);
  std::array<uint8_t, 16> mask{};
  EVP_CIPHER_CTX* header = EVP_CIPHER_CTX_new();
  EVP_EncryptInit_ex(header, EVP_aes_128_ecb(), nullptr, keys.header_key.data(),
                     nullptr);
  EVP_EncryptUpdate(header, mask.data(), &written, packet.data() + at + 4, 16);
  EVP_CIPHER_CTX_free(header);
  packet[0] = static_cast<uint8_t>(packet[0] ^ (mask[0] & 0x0f));
  for (size_t i = 0; i < initial.number_bytes; ++i) {
    packet[at + i] = static_cast<uint8_t>(packet[at + i] ^ mask[1 + i]);
  }
  return packet;
}

inline HelloBytes FromHex(const std::string& text) {
  HelloBytes out;
  for (size_t i = 0; i + 1 < text.size(); i += 2) {
    out.push_back(
        static_cast<uint8_t>(std::stoul(text.substr(i, 2), nullptr, 16)));
  }
  return out;
}

// RFC 9001 A.2: the CRYPTO frame, whose ClientHello is for example.com.
inline HelloBytes SampleFrames() {
  return FromHex(
      "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
      "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
      "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
      "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
      "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
      "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
      "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
      "75300901100f088394c8f03e51570806048000ffff");
}

// The packet of RFC 9001 A.2.
inline Initial SampleInitial() {
  Initial initial;
  initial.destination_id = FromHex("8394c8f03e515708");
  initial.source_id = {};
  initial.number = 2;
  return initial;
}

}  // namespace ntm::names::test
