#include "ntm/net/address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

namespace ntm {
namespace {

constexpr char kHexDigits[] = "0123456789abcdef";
constexpr std::string_view kOtherText = "other";
constexpr std::string_view kInternetText = "internet";

// The decimal text of each octet.
struct OctetText {
  std::array<char, 3> digits{};
  uint8_t size = 0;
};

constexpr std::array<OctetText, 256> kOctetTexts = [] {
  std::array<OctetText, 256> texts{};
  for (unsigned octet = 0; octet < texts.size(); ++octet) {
    OctetText& text = texts[octet];
    for (const unsigned unit : {100U, 10U, 1U}) {
      if (octet < unit && unit != 1) continue;
      text.digits[text.size++] = static_cast<char>('0' + octet / unit % 10);
    }
  }
  return texts;
}();

// Writes up to three characters more than it returns.
char* WriteOctet(uint8_t value, char* out) noexcept {
  const OctetText& text = kOctetTexts[value];
  std::memcpy(out, text.digits.data(), text.digits.size());
  return out + text.size;
}

char* WriteIpv4(const uint8_t* octets, char* out) noexcept {
  out = WriteOctet(octets[0], out);
  for (int i = 1; i < 4; ++i) {
    *out++ = '.';
    out = WriteOctet(octets[i], out);
  }
  return out;
}

char* WriteMac(const uint8_t* octets, char* out) noexcept {
  for (int i = 0; i < 6; ++i) {
    if (i > 0) *out++ = ':';
    *out++ = kHexDigits[octets[i] >> 4];
    *out++ = kHexDigits[octets[i] & 0xf];
  }
  return out;
}

char* WriteGroup(unsigned group, char* out) noexcept {
  if (group >= 0x1000) *out++ = kHexDigits[group >> 12];
  if (group >= 0x100) *out++ = kHexDigits[group >> 8 & 0xf];
  if (group >= 0x10) *out++ = kHexDigits[group >> 4 & 0xf];
  *out++ = kHexDigits[group & 0xf];
  return out;
}

struct ZeroRun {
  int begin = -1;
  int length = 0;
};

// RFC 5952 section 4.2: the longest run of at least two zero groups; of equally
// long ones the first.
ZeroRun LongestZeroRun(const std::array<unsigned, 8>& groups) noexcept {
  ZeroRun best;
  int length = 0;
  for (int i = 0; i < 8; ++i) {
    length = groups[static_cast<size_t>(i)] == 0 ? length + 1 : 0;
    if (length >= 2 && length > best.length) {
      best = {i - length + 1, length};
    }
  }
  return best;
}

char* WriteIpv6(const uint8_t* octets, char* out) noexcept {
  std::array<unsigned, 8> groups{};
  for (size_t i = 0; i < 8; ++i) {
    groups[i] = static_cast<unsigned>(octets[2 * i] << 8 | octets[2 * i + 1]);
  }
  const ZeroRun run = LongestZeroRun(groups);
  // The two forms that inet_ntop(3) writes in dotted notation: ::a.b.c.d and
  // ::ffff:a.b.c.d.
  const bool has_ipv4 =
      run.begin == 0 &&
      (run.length == 6 || (run.length == 5 && groups[5] == 0xffff));
  const int hex_groups = has_ipv4 ? 6 : 8;
  for (int i = 0; i < hex_groups; ++i) {
    if (i == run.begin) {
      *out++ = ':';
      i += run.length - 1;
      if (i == 7) *out++ = ':';
      continue;
    }
    if (i > 0) *out++ = ':';
    out = WriteGroup(groups[static_cast<size_t>(i)], out);
  }
  if (has_ipv4) {
    *out++ = ':';
    out = WriteIpv4(octets + 12, out);
  }
  return out;
}

}  // namespace

size_t FormatAddress(const Address& address, char* out) noexcept {
  const uint8_t* octets = address.bytes.data();
  switch (address.kind) {
    case AddressKind::kNone:
      return 0;
    case AddressKind::kIpv4:
      return static_cast<size_t>(WriteIpv4(octets, out) - out);
    case AddressKind::kIpv6:
      return static_cast<size_t>(WriteIpv6(octets, out) - out);
    case AddressKind::kMac:
      return static_cast<size_t>(WriteMac(octets, out) - out);
    case AddressKind::kOther:
      std::ranges::copy(kOtherText, out);
      return kOtherText.size();
    case AddressKind::kInternet:
      std::ranges::copy(kInternetText, out);
      return kInternetText.size();
    case AddressKind::kName:
      return 0;
  }
  return 0;
}

std::string ToString(const Address& address) {
  std::array<char, kMaxAddressText> text{};
  return {text.data(), FormatAddress(address, text.data())};
}

bool IsGroup(const Address& address) noexcept {
  constexpr uint8_t kFirstOfIpv4 = 224;
  constexpr uint8_t kFirstOfIpv6 = 0xff;
  switch (address.kind) {
    case AddressKind::kIpv4:
      return address.bytes[0] >= kFirstOfIpv4;
    case AddressKind::kIpv6:
      return address.bytes[0] == kFirstOfIpv6;
    case AddressKind::kMac:
      return (address.bytes[0] & 1) != 0;
    default:
      return false;
  }
}

std::optional<Address> ParseAddress(std::string_view text) {
  if (text.size() > kMaxAddressText) return std::nullopt;
  if (text.find('\0') != std::string_view::npos) return std::nullopt;
  const std::string terminated(text);
  std::array<uint8_t, 16> octets{};
  if (inet_pton(AF_INET, terminated.c_str(), octets.data()) == 1) {
    return Address::Ipv4(octets.data());
  }
  if (inet_pton(AF_INET6, terminated.c_str(), octets.data()) == 1) {
    return Address::Ipv6(octets.data());
  }
  return std::nullopt;
}

}  // namespace ntm
