// A frame as captured and a packet as decoded: the two ends of Decode().
//
// Units    bytes; times are ns since the epoch, from the capture's own clock.
// Threads  plain values; Frame::data is valid only during the call it is given
//          to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ntm/net/address.h"
#include "ntm/net/protocol.h"

namespace ntm {

// What the capture hands over. REQUIRES: captured_bytes bytes at `data`.
struct Frame {
  const uint8_t* data = nullptr;
  uint32_t captured_bytes = 0;  // what is here to read
  uint32_t wire_bytes = 0;      // what crossed the wire, link header included
  int64_t time_ns = 0;
  int link_type = 0;  // libpcap's DLT_… value
};

// Why a frame could not be accounted for. Each reason is a label value of
// ntm_decode_errors_total; kOk is none.
enum class DecodeStatus : uint8_t {
  kOk,
  kTruncatedLink,      // the link header (tags, PPPoE, MPLS …) is cut
  kTruncatedIp,        // the IP header is cut before its addresses end
  kBadIpVersion,       // version nibble and the layer below disagree
  kBadIpHeaderLength,  // IHL < 5
  kUnsupportedLinkType,
  kCount,
};
inline constexpr size_t kDecodeStatusCount =
    static_cast<size_t>(DecodeStatus::kCount);

// What was wrong with a packet that is counted all the same. Each is a label
// value of ntm_decode_anomalies_total; a packet may have several.
enum class Anomaly : uint8_t {
  kIpLengthZero,         // 0 (TSO), no jumbogram: wire length taken
  kIpLengthBeyondFrame,  // longer than the frame: wire length taken
  kIpLengthBelowHeader,  // shorter than its own header: wire length taken
  kTruncatedTransport,   // no room for the ports: counted without service
  kTruncatedExtension,   // IPv6 extension header cut: protocol as far as known
  kCount,
};
inline constexpr size_t kAnomalyCount = static_cast<size_t>(Anomaly::kCount);

// snake_case label values; "ok" for kOk.
const char* ReasonName(DecodeStatus status) noexcept;
const char* ReasonName(Anomaly anomaly) noexcept;

// What Decode() found, from the outermost IP header (or, without one, from the
// link layer). Numbers are in host byte order.
struct Packet {
  Address src;  // IP address; ARP: its protocol addresses; else MAC
  Address dst;
  Protocol protocol = kProtocolUnknown;
  uint32_t bytes = 0;  // IP total length; non-IP: wire length less link header
  uint16_t src_port = 0;  // valid iff has_ports
  uint16_t dst_port = 0;
  bool has_ports = false;  // TCP, UDP, UDP-Lite, SCTP, DCCP with both ports
  bool is_ip = false;
  bool first_fragment = false;  // offset 0, more to come: has the ports
  bool later_fragment = false;  // offset > 0: ports are in the first one
  uint32_t fragment_id = 0;     // valid iff a fragment
  uint8_t dscp = 0;             // RFC 2474; valid iff is_ip
  uint8_t anomalies = 0;        // bit i: Anomaly with value i
  uint16_t vlan = 0;            // VID of the outermost tag
  bool has_vlan = false;
  uint32_t network_offset = 0;  // where the IP (or non-IP) header begins
  uint16_t src_mac_offset = 0;  // valid iff has_macs: six bytes in the frame
  uint16_t dst_mac_offset = 0;
  bool has_macs = false;

  void Add(Anomaly anomaly) noexcept {
    anomalies =
        static_cast<uint8_t>(anomalies | 1U << static_cast<unsigned>(anomaly));
  }
  bool Has(Anomaly anomaly) const noexcept {
    return (anomalies >> static_cast<unsigned>(anomaly) & 1U) != 0;
  }
};

}  // namespace ntm
