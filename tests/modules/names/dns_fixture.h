// Builds valid and invalid DNS messages.
#pragma once

#include <arpa/inet.h>

#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

namespace ntm::names::test {

using Bytes = std::vector<uint8_t>;

inline void Append16(Bytes* out, unsigned value) {
  out->push_back(static_cast<uint8_t>(value >> 8));
  out->push_back(static_cast<uint8_t>(value));
}

inline void Append(Bytes* out, const Bytes& more) {
  out->insert(out->end(), more.begin(), more.end());
}

// "a.b" as labels.
inline Bytes Name(const std::string& text) {
  Bytes out;
  std::istringstream parts(text);
  for (std::string label; std::getline(parts, label, '.');) {
    out.push_back(static_cast<uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
  }
  out.push_back(0);
  return out;
}

inline Bytes PointerTo(unsigned offset) {
  Bytes out;
  Append16(&out, 0xc000 | offset);
  return out;
}

inline Bytes IpBytes(const std::string& text) {
  const bool is_v6 = text.find(':') != std::string::npos;
  Bytes out(is_v6 ? 16 : 4);
  inet_pton(is_v6 ? AF_INET6 : AF_INET, text.c_str(), out.data());
  return out;
}

inline Bytes Record(const Bytes& owner, unsigned type, const Bytes& content,
                    unsigned ttl_seconds = 600, unsigned record_class = 1) {
  Bytes out = owner;
  Append16(&out, type);
  Append16(&out, record_class);
  Append16(&out, ttl_seconds >> 16);
  Append16(&out, ttl_seconds);
  Append16(&out, static_cast<unsigned>(content.size()));
  Append(&out, content);
  return out;
}

inline Bytes Message(unsigned id, unsigned flags, const std::string& name,
                     unsigned type, const std::vector<Bytes>& answers = {},
                     const std::vector<Bytes>& authorities = {}) {
  Bytes out;
  Append16(&out, id);
  Append16(&out, flags);
  Append16(&out, 1);
  Append16(&out, static_cast<unsigned>(answers.size()));
  Append16(&out, static_cast<unsigned>(authorities.size()));
  Append16(&out, 0);
  Append(&out, Name(name));
  Append16(&out, type);
  Append16(&out, 1);
  for (const Bytes& record : answers) Append(&out, record);
  for (const Bytes& record : authorities) Append(&out, record);
  return out;
}

inline constexpr unsigned kQuery = 0x0100;
inline constexpr unsigned kResponse = 0x8180;
inline constexpr unsigned kNameError = 0x8183;

}  // namespace ntm::names::test
