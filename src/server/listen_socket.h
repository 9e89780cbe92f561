// Opens the listening sockets of a server, or takes them over from systemd.
//
// Shape    each is a listening TCP socket, non-blocking, close-on-exec; the
//          caller owns it.
// Threads  TakeSystemdSockets() reads the environment: call it before other
//          threads change that.
// Errors   ntm::Error names the address and the remedy.
// Source   ipv6(7) IPV6_V6ONLY, sd_listen_fds(3).
#pragma once

#include <string>
#include <vector>

#include "listen_address.h"
#include "ntm/base/descriptor.h"

namespace ntm {

// If the host is empty or "::", listens on every address (on 0.0.0.0 if the
// machine has no IPv6). For a name with several addresses it uses the first
// IPv4 address or, without one, the first address.
Descriptor OpenListenSocket(const ListenAddress& address);

// The sockets that systemd opened for this process (LISTEN_PID, LISTEN_FDS), at
// least one.
std::vector<Descriptor> TakeSystemdSockets();

// The local address, in the form of FormatEndpoint().
std::string BoundAddress(const Descriptor& socket);

// AF_INET6 or AF_INET.
int AddressFamily(const Descriptor& socket);

}  // namespace ntm
