// A tap for what may belong to a handshake of TLS or QUIC, for a
// HandshakeListener.
//
// The filter takes, of IPv4 and of IPv6 without extension headers:
//   - TCP segments that begin with a record of a ClientHello or a ServerHello,
//     on any port;
//   - TCP segments with PSH to port 443, 853 or 8443 of at most 1,400 bytes:
//     the rest of a ClientHello that does not fit into one segment, as those
//     with a post-quantum key share do not. A bulk upload fills its segments,
//     so few of it are taken; of requests and keystrokes each is;
//   - UDP datagrams that begin with a long header of QUIC version 1 or 2. Its
//     fixed bit says nothing: many servers set it at random.
//
// Units    bytes.
// Threads  see tap.h.
// Errors   none.
// Source   RFC 8446 §5.1, 4 (records, messages); RFC 9000 §17.2, 9287, 9369
//          §3.
#pragma once

#include "ntm/capture/tap.h"
#include "ntm/net/handshake_listener.h"

namespace ntm {

// Passes the frame to the listener if it may have a part of a handshake. Needs
// no filter before it.
void HearHandshake(const Frame& frame, HandshakeListener* listener) noexcept;

// `listener` must outlive the plan and its tap.
TapPlan HandshakeTap(HandshakeListener* listener);

// For the tests.
extern const char* const kHandshakeFilter;

}  // namespace ntm
