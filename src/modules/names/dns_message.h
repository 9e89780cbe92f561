// What a DNS message says: its question, and the records that answer it.
//
// Units    TTLs in seconds.
// Shape    messages with exactly one question, of class IN. Names are text as
//          c-ares expands it: a byte that could be taken for something else
//          stands as an escape with a backslash, which no rule for host names
//          lets through. At most kMaxRecords are looked at.
// Threads  pure functions.
// Errors   a message that breaks off in its question, or breaks a rule there,
//          is std::nullopt; records after the first broken one are left out.
// Source   RFC 1035 (messages), 3596 (AAAA), 2308 (negative TTL). Compression
// is
//          undone by c-ares, which ends loops and names that are too long.
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
  // For how long the name's absence may be remembered; from the SOA record.
  std::optional<uint32_t> absence_seconds;
};

inline constexpr size_t kMaxRecords = 64;

std::optional<DnsMessage> ParseDnsMessage(const uint8_t* data, size_t bytes);

// The answers of the question's type that belong to the question itself, or to
// what its CNAMEs say that it is called.
std::vector<DnsRecord> AnswersOf(const DnsMessage& message);

// Returns true iff the names are the same but for the case of their letters.
bool IsSameName(const std::string& a, const std::string& b) noexcept;

// "4.3.2.1.in-addr.arpa", or its counterpart under ip6.arpa. REQUIRES: IP.
std::string ReverseName(const Address& address);

}  // namespace ntm::names
