// Defines a captured frame and a decoded packet, the input and the output of
// Decode().
//
// Units    bytes; times are ns since the epoch, from the capture's timestamps.
// Threads  plain values; Frame::data is valid only during the call that it is
//          passed to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ntm/net/address.h"
#include "ntm/net/protocol.h"

namespace ntm {

// One frame from the capture. REQUIRES: captured_bytes bytes at `data`.
struct Frame {
  const uint8_t* data = nullptr;
  uint32_t captured_bytes = 0;  // in `data`
  uint32_t wire_bytes = 0;      // on the wire, including the link header
  int64_t time_ns = 0;
  int link_type = 0;       // libpcap's DLT_… value
  uint16_t interface = 0;  // in a file: SavefileReader::interface_names()
};

// Why a frame could not be accounted for. Each reason but kOk is a label value
// of ntm_decode_errors_total.
enum class DecodeStatus : uint8_t {
  kOk,
  kTruncatedLink,      // the link header (tags, PPPoE, MPLS …) is incomplete
  kTruncatedIp,        // the IP header ends before its addresses do
  kBadIpVersion,       // the version differs from what the layer below says
  kBadIpHeaderLength,  // IHL < 5
  kUnsupportedLinkType,
  kCount,
};
inline constexpr size_t kDecodeStatusCount =
    static_cast<size_t>(DecodeStatus::kCount);

// A fault in a packet that is counted nevertheless. Each is a label value of
// ntm_decode_anomalies_total; a packet may have several.
enum class Anomaly : uint8_t {
  kIpLengthZero,         // 0 (TSO) and no jumbogram: the wire length is used
  kIpLengthBeyondFrame,  // longer than the frame: the wire length is used
  kIpLengthBelowHeader,  // shorter than the header: the wire length is used
  kTruncatedTransport,   // too short for the ports: counted without a service
  kTruncatedExtension,   // IPv6 extension header incomplete: its next header
                         // counts as the protocol
  kCount,
};
inline constexpr size_t kAnomalyCount = static_cast<size_t>(Anomaly::kCount);

// snake_case label values; "ok" for kOk.
const char* ReasonName(DecodeStatus status) noexcept;
const char* ReasonName(Anomaly anomaly) noexcept;

// The result of Decode(), from the outermost IP header or, without one, from
// the link layer. Numbers are in host byte order.
struct Packet {
  Address src;  // IP address; ARP: its protocol addresses; else MAC
  Address dst;
  uint32_t bytes = 0;  // IP total length; non-IP: wire length minus link header
  uint32_t fragment_id = 0;     // valid iff a fragment
  uint32_t network_offset = 0;  // of the IP (or non-IP) header in the frame
  // Of what follows the IP headers; 0 if that is not there.
  uint32_t transport_offset = 0;
  Protocol protocol = kProtocolUnknown;
  uint16_t src_port = 0;  // valid iff has_ports
  uint16_t dst_port = 0;
  uint16_t vlan = 0;            // VID of the outermost tag; valid iff has_vlan
  uint16_t src_mac_offset = 0;  // valid iff has_macs: six bytes in the frame
  uint16_t dst_mac_offset = 0;
  uint8_t dscp = 0;       // RFC 2474; valid iff is_ip
  uint8_t anomalies = 0;  // bit i: Anomaly with value i
  bool is_ip : 1 = false;
  bool has_ports : 1 = false;  // TCP, UDP, UDP-Lite, SCTP, DCCP with both ports
  bool has_vlan : 1 = false;
  bool has_macs : 1 = false;
  bool first_fragment : 1 = false;  // offset 0, more fragments: has the ports
  bool later_fragment : 1 = false;  // offset > 0: the first one has the ports

  void Add(Anomaly anomaly) noexcept {
    anomalies =
        static_cast<uint8_t>(anomalies | 1U << static_cast<unsigned>(anomaly));
  }
  bool Has(Anomaly anomaly) const noexcept {
    return (anomalies >> static_cast<unsigned>(anomaly) & 1U) != 0;
  }
};
// So short that a few vector instructions clear it; from 81 bytes on, GCC uses
// the slow `rep stos`.
static_assert(sizeof(Packet) == 80);

}  // namespace ntm
