// Represents a packet's protocol as one number, and gives its name as a label
// value.
//
// Shape    0-255          IP protocol number (IANA "protocol-numbers")
//          256-511        256 + LLC DSAP of an IEEE 802.2 frame
//          512-599        defined by ntm, see the constants below
//          0x0600-0xffff  Ethertype (IANA "ieee-802-numbers")
// Names    the usual ones in lower case (tcp, udp, icmp, icmp6, igmp, esp, ah,
//          gre, sctp, ospf, arp, lldp, stp …). Without a name: the number,
//          decimal for IP protocols, 0x88b5 for Ethertypes, llc-0xNN for LLC.
//          No two numbers share a name, so that no two series have the same
//          labels. Where one protocol has two numbers (IPX over LLC and as an
//          Ethertype, the two MPLS Ethertypes), Decode() uses one of them.
// Threads  pure functions.
#pragma once

#include <cstdint>
#include <string>

namespace ntm {

using Protocol = uint16_t;

inline constexpr Protocol kProtocolIcmp = 1;
inline constexpr Protocol kProtocolIgmp = 2;
inline constexpr Protocol kProtocolTcp = 6;
inline constexpr Protocol kProtocolUdp = 17;
inline constexpr Protocol kProtocolDccp = 33;
inline constexpr Protocol kProtocolGre = 47;
inline constexpr Protocol kProtocolEsp = 50;
inline constexpr Protocol kProtocolAh = 51;
inline constexpr Protocol kProtocolIcmp6 = 58;
inline constexpr Protocol kProtocolSctp = 132;
inline constexpr Protocol kProtocolUdpLite = 136;

inline constexpr Protocol kProtocolLlcBase = 256;
inline constexpr Protocol kProtocolSnap = 512;   // SNAP with a vendor's OUI
inline constexpr Protocol kProtocolPpp = 513;    // PPP control (LCP, IPCP, …)
inline constexpr Protocol kProtocolOther = 514;  // beyond the series limit
inline constexpr Protocol kProtocolUnknown = 515;  // the link type names none
inline constexpr Protocol kProtocolSlarp = 516;    // Cisco HDLC's keepalives
// IEEE 802.11: management frames, control frames, and data frames without a
// packet that can be read (encrypted, a fragment, several packets in one).
inline constexpr Protocol kProtocolWlanManagement = 517;
inline constexpr Protocol kProtocolWlanControl = 518;
inline constexpr Protocol kProtocolWlanData = 519;

inline constexpr Protocol kProtocolFirstEthertype = 0x0600;
inline constexpr Protocol kProtocolArp = 0x0806;
inline constexpr Protocol kProtocolIpx = 0x8137;   // also for IPX over LLC
inline constexpr Protocol kProtocolMpls = 0x8847;  // also for 0x8848, multicast
inline constexpr Protocol kProtocolMacsec = 0x88e5;
inline constexpr Protocol kProtocolNsh = 0x894f;

// The label value of `protocol`; never empty.
std::string ProtocolName(Protocol protocol);

}  // namespace ntm
