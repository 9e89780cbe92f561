// The protocol of a packet as one number, and its name as a label value.
//
// Shape    0-255          IP protocol number (IANA "protocol-numbers")
//          256-511        256 + LLC DSAP of an IEEE 802.2 frame
//          512-599        ntm's own, see the constants below
//          0x0600-0xffff  Ethertype (IANA "ieee-802-numbers")
// Names    lower case, as the field writes them (tcp, udp, icmp, icmp6, igmp,
//          esp, ah, gre, sctp, ospf, arp, lldp, stp …). Without a name: the
//          number, decimal for IP protocols, 0x88b5 for Ethertypes, llc-0xNN
//          for LLC. No two numbers share a name, so that a name and its labels
//          are one series; where two numbers mean one protocol (IPX over LLC
//          and by Ethertype, the two MPLS Ethertypes) Decode() uses one of
//          them.
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
inline constexpr Protocol kProtocolOther = 514;  // the last resort past a limit
inline constexpr Protocol kProtocolUnknown = 515;  // a link type without one
inline constexpr Protocol kProtocolSlarp = 516;    // Cisco HDLC's keepalives

inline constexpr Protocol kProtocolFirstEthertype = 0x0600;
inline constexpr Protocol kProtocolArp = 0x0806;
inline constexpr Protocol kProtocolIpx = 0x8137;   // over LLC as well
inline constexpr Protocol kProtocolMpls = 0x8847;  // multicast (0x8848) as well
inline constexpr Protocol kProtocolMacsec = 0x88e5;
inline constexpr Protocol kProtocolNsh = 0x894f;

// The label value of `protocol`; never empty.
std::string ProtocolName(Protocol protocol);

}  // namespace ntm
