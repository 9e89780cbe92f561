#include "ntm/conversation/wire_health.h"

#include <utility>

#include "ntm/base/add_each.h"

namespace ntm {
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
  AddEach(other.handshakes, &handshakes);
  repeated_handshakes += other.repeated_handshakes;
  AddEach(other.connections, &connections);
  AddEach(other.segments, &segments);
  AddEach(other.resets, &resets);
  AddEach(other.retransmitted_segments, &retransmitted_segments);
  AddEach(other.retransmitted_bytes, &retransmitted_bytes);
  AddEach(other.zero_windows, &zero_windows);
  return *this;
}

DnsCounts& DnsCounts::operator+=(const DnsCounts& other) noexcept {
  responses_after += other.responses_after;
  AddEach(other.responses, &responses);
  unanswered += other.unanswered;
  return *this;
}

IcmpCounts& IcmpCounts::operator+=(const IcmpCounts& other) noexcept {
  for (size_t i = 0; i < kUnreachableCount; ++i) {
    AddEach(other.unreachable[i], &unreachable[i]);
  }
  AddEach(other.time_exceeded, &time_exceeded);
  return *this;
}

void WireHealth::Clear() noexcept {
  WireHealth empty;
  empty.tcp.swap(tcp);
  empty.dns.swap(dns);
  *this = std::move(empty);
  tcp.clear();
  dns.clear();
}

}  // namespace ntm
