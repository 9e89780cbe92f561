// Appends big-endian fields and addresses to bytes, for packet_builder.
#pragma once

#include <arpa/inet.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>

#include "packet_builder.h"

namespace ntm::test {

inline void Put16(Bytes* bytes, size_t offset, size_t value) {
  (*bytes)[offset] = static_cast<uint8_t>(value >> 8);
  (*bytes)[offset + 1] = static_cast<uint8_t>(value);
}

inline void Append16(Bytes* bytes, size_t value) {
  bytes->resize(bytes->size() + 2);
  Put16(bytes, bytes->size() - 2, value);
}

inline void Append32(Bytes* bytes, size_t value) {
  Append16(bytes, value >> 16);
  Append16(bytes, value);
}

inline void Append(Bytes* bytes, const Bytes& more) {
  bytes->insert(bytes->end(), more.begin(), more.end());
}

inline Bytes MacBytes(const std::string& text) {
  std::array<unsigned, 6> octets{};
  if (std::sscanf(text.c_str(), "%2x:%2x:%2x:%2x:%2x:%2x", &octets[0],
                  &octets[1], &octets[2], &octets[3], &octets[4],
                  &octets[5]) != 6) {
    throw std::invalid_argument("no MAC address: " + text);
  }
  return Bytes(octets.begin(), octets.end());
}

inline Bytes IpBytes(int family, const std::string& text) {
  Bytes bytes(family == AF_INET ? 4 : 16);
  if (inet_pton(family, text.c_str(), bytes.data()) != 1) {
    throw std::invalid_argument("no address of that family: " + text);
  }
  return bytes;
}

inline uint16_t Checksum(const Bytes& header) {
  uint32_t sum = 0;
  for (size_t i = 0; i + 1 < header.size(); i += 2) {
    sum += static_cast<uint32_t>(header[i] << 8 | header[i + 1]);
  }
  while (sum >> 16 != 0) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<uint16_t>(~sum);
}

inline Bytes PortsHeader(uint16_t src_port, uint16_t dst_port, size_t size) {
  Bytes bytes;
  Append16(&bytes, src_port);
  Append16(&bytes, dst_port);
  bytes.resize(size);
  return bytes;
}

}  // namespace ntm::test
