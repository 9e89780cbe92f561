#include "ntm/conversation/wire_health.h"

namespace ntm {
namespace {

template <size_t n>
void AddCounts(const std::array<uint64_t, n>& from,
               std::array<uint64_t, n>* to) noexcept {
  for (size_t i = 0; i < n; ++i) (*to)[i] += from[i];
}

}  // namespace

const char* SiteName(Site site) noexcept {
  return site == Site::kLocal ? "local" : "remote";
}

const char* OutcomeName(ConnectOutcome outcome) noexcept {
  constexpr std::array kNames = {"established", "refused", "unanswered"};
  return kNames[static_cast<size_t>(outcome)];
}

const char* RcodeName(size_t rcode) noexcept {
  constexpr std::array kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                 "NOTIMP",  "REFUSED", "other"};
  static_assert(kNames.size() == kRcodeOther + 1);
  return kNames[rcode < kRcodeOther ? rcode : kRcodeOther];
}

const char* ReasonName(Unreachable reason) noexcept {
  constexpr std::array kNames = {
      "network",    "host", "protocol", "port", "fragmentation_needed",
      "prohibited", "other"};
  static_assert(kNames.size() == kUnreachableCount);
  return kNames[static_cast<size_t>(reason)];
}

TcpCounts& TcpCounts::operator+=(const TcpCounts& other) noexcept {
  for (size_t i = 0; i < kSiteCount; ++i) handshakes[i] += other.handshakes[i];
  repeated_handshakes += other.repeated_handshakes;
  AddCounts(other.connections, &connections);
  AddCounts(other.segments, &segments);
  AddCounts(other.resets, &resets);
  AddCounts(other.retransmitted_segments, &retransmitted_segments);
  AddCounts(other.retransmitted_bytes, &retransmitted_bytes);
  AddCounts(other.zero_windows, &zero_windows);
  return *this;
}

DnsCounts& DnsCounts::operator+=(const DnsCounts& other) noexcept {
  responses_after += other.responses_after;
  AddCounts(other.responses, &responses);
  unanswered += other.unanswered;
  return *this;
}

IcmpCounts& IcmpCounts::operator+=(const IcmpCounts& other) noexcept {
  for (size_t i = 0; i < kUnreachableCount; ++i) {
    AddCounts(other.unreachable[i], &unreachable[i]);
  }
  AddCounts(other.time_exceeded, &time_exceeded);
  return *this;
}

void WireHealth::Clear() noexcept {
  tcp.clear();
  dns.clear();
  out_of_order_segments = unwatched_segments = conversations = 0;
  malformed_dns = arp_conflicts = 0;
  icmp = {};
  last_arp_conflict = {};
  is_on = both_directions_seen = false;
}

}  // namespace ntm
