// Packet sockets that share the frames of their interface.
//
// Shape    the kernel gives each frame to one socket of the group, by a hash
//          over addresses, protocol and ports that is the same for both
//          directions of a conversation. For a fragment, the first included,
//          the hash leaves the ports out, so all fragments of a datagram come
//          to the same socket. The flag DEFRAG is never set: it would put
//          datagrams together before they are counted.
// Errors   throws ntm::Error where the kernel refuses.
// Source   packet(7); Linux net/packet/af_packet.c (fanout_demux_hash) and
//          net/core/flow_dissector.c (__skb_get_hash_symmetric, no
//          FLOW_DISSECTOR_F_PARSE_1ST_FRAG).
#pragma once

#include <string>
#include <vector>

namespace ntm {

// Makes a new group of all `sockets`, bound to `interface`. When it returns,
// every frame that has yet to arrive comes to exactly one of them; those of
// before may be at several.
void JoinFanout(const std::string& interface, const std::vector<int>& sockets);

}  // namespace ntm
