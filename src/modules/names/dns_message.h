// Parses DNS messages: the question and the records that answer it.
//
// Units    TTLs in seconds.
// Shape    messages with exactly one question, of class IN. Names are text as
//          expanded by c-ares, which escapes special bytes with a backslash;
//          the rules for host names refuse those. At most kMaxRecords records
//          are read.
// Threads  pure functions.
// Errors   std::nullopt if the question is truncated or invalid; records after
//          the first malformed one are ignored.
// Source   RFC 1035 (messages), 3596 (AAAA), 2308 (negative TTL), 6762
//          (multicast DNS). Compression
//          is undone by c-ares, which ends loops and names that are too long.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "ntm/net/address.h"

namespace ntm::names {

inline constexpr uint16_t kTypeA = 1;
inline constexpr uint16_t kTypeCname = 5;
inline constexpr uint16_t kTypePtr = 12;
inline constexpr uint16_t kTypeAaaa = 28;

struct DnsRecord {
  std::string owner;
  uint16_t type = 0;  // A, AAAA, CNAME or PTR
  uint32_t ttl_seconds = 0;
  Address address;     // A, AAAA
  std::string target;  // CNAME, PTR
};

struct DnsMessage {
  uint16_t id = 0;
  bool is_response = false;
  bool is_error = false;  // any response code but NOERROR
  std::string question;
  uint16_t question_type = 0;
  std::vector<DnsRecord> answers;
  // The negative TTL, from the SOA record.
  std::optional<uint32_t> absence_seconds;
};

inline constexpr size_t kMaxRecords = 64;

std::optional<DnsMessage> ParseDnsMessage(const uint8_t* data, size_t bytes);

// The answers of the question's type for the name in the question or for a name
// that its CNAMEs lead to.
std::vector<DnsRecord> AnswersOf(const DnsMessage& message);

// The addresses in a response of multicast DNS, which may have no question; {}
// for any other message.
std::vector<DnsRecord> MulticastAddresses(const uint8_t* data, size_t bytes);

// Compares names case-insensitively.
bool IsSameName(const std::string& a, const std::string& b) noexcept;

// "4.3.2.1.in-addr.arpa", or its counterpart under ip6.arpa. REQUIRES: IP.
std::string ReverseName(const Address& address);

}  // namespace ntm::names
