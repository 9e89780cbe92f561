// What the packets say about the health of the network: handshakes,
// retransmissions, name servers' answers, ICMP errors, ARP conflicts.
//
// Units    segments, bytes (TCP payload), ns; all counters since the start.
// Shape    TCP by service: the first kMaxHealthServices services with which a
//          connection was established (half as many of those that are a port's
//          number), and one sum for the rest. DNS by name server: the first
//          kMaxNameServers that answered, and the rest.
// Threads  value types.
// Source   see conversation_watch.h.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntm/conversation/latency_histogram.h"
#include "ntm/net/address.h"
#include "ntm/net/services.h"

namespace ntm {

inline constexpr size_t kMaxHealthServices = 64;
inline constexpr size_t kMaxNameServers = 16;

// On which side of ntm: where the sender is, or where a way leads to.
enum class Site : uint8_t { kLocal, kRemote };
inline constexpr size_t kSiteCount = 2;
// "local", "remote": label values.
const char* SiteName(Site site) noexcept;

// How an attempt to connect ended.
enum class ConnectOutcome : uint8_t {
  kEstablished,
  kRefused,     // answered with RST
  kUnanswered,  // SYN or SYN/ACK without an answer
};
inline constexpr size_t kConnectOutcomeCount = 3;
const char* OutcomeName(ConnectOutcome outcome) noexcept;

struct TcpCounts {
  using BySite = std::array<uint64_t, kSiteCount>;

  bool is_rest = false;            // all services without counts of their own
  ServiceId service = kNoService;  // valid iff not is_rest
  std::array<LatencyHistogram, kSiteCount> handshakes;  // toward
  uint64_t repeated_handshakes = 0;
  std::array<uint64_t, kConnectOutcomeCount> connections{};
  // By the sender's side.
  BySite segments{};  // with payload
  BySite resets{};
  BySite retransmitted_segments{};
  BySite retransmitted_bytes{};
  BySite zero_windows{};

  bool IsSameAs(const TcpCounts& other) const noexcept {
    return is_rest == other.is_rest && service == other.service;
  }
  TcpCounts& operator+=(const TcpCounts& other) noexcept;
};

// Response codes (RFC 1035 section 4.1.1); those from kRcodeOther on are one.
inline constexpr size_t kRcodeOther = 6;
const char* RcodeName(size_t rcode) noexcept;

struct DnsCounts {
  bool is_rest = false;  // all servers without counts of their own
  Address server;        // valid iff not is_rest
  LatencyHistogram responses_after;
  std::array<uint64_t, kRcodeOther + 1> responses{};  // by rcode
  uint64_t unanswered = 0;

  bool IsSameAs(const DnsCounts& other) const noexcept {
    return is_rest == other.is_rest && server == other.server;
  }
  DnsCounts& operator+=(const DnsCounts& other) noexcept;
};

// Adds to what is the same in the list, or appends; returns the sum.
template <typename Counts>
Counts& AddToSame(const Counts& counts, std::vector<Counts>* list) {
  const auto same = std::ranges::find_if(
      *list, [&](const Counts& other) { return counts.IsSameAs(other); });
  if (same == list->end()) return list->emplace_back(counts);
  return *same += counts;
}

// Why a packet could not be delivered (ICMP type 3, ICMPv6 types 1 and 2).
enum class Unreachable : uint8_t {
  kNetwork,
  kHost,
  kProtocol,
  kPort,
  kFragmentationNeeded,  // ICMPv6: packet too big
  kProhibited,
  kOther,
};
inline constexpr size_t kUnreachableCount = 7;
const char* ReasonName(Unreachable reason) noexcept;

struct IcmpCounts {
  std::array<std::array<uint64_t, kSiteCount>, kUnreachableCount> unreachable{};
  std::array<uint64_t, kSiteCount> time_exceeded{};

  IcmpCounts& operator+=(const IcmpCounts& other) noexcept;
};

// An IPv4 address that two hardware addresses claim.
struct ArpConflict {
  Address address;
  Address first;  // hardware addresses
  Address second;
  int64_t time_ns = 0;
};

struct WireHealth {
  std::vector<TcpCounts> tcp;
  uint64_t out_of_order_segments = 0;
  uint64_t unwatched_segments = 0;  // of conversations without a place
  uint64_t conversations = 0;       // watched now
  std::vector<DnsCounts> dns;
  uint64_t malformed_dns = 0;
  IcmpCounts icmp;
  uint64_t arp_conflicts = 0;
  ArpConflict last_arp_conflict;  // valid iff arp_conflicts > 0
  bool is_on = false;             // conversations are watched at all
  bool both_directions_seen = false;

  void Clear() noexcept;
};

}  // namespace ntm
