// Opens the sockets that a server accepts connections from.
//
// Shape    each is a listening TCP socket, non-blocking, closed on exec; the
//          caller owns it.
// Threads  TakeSystemdSockets() reads and clears the environment: before any
//          other thread starts.
// Errors   ntm::Error names the address and the remedy.
// Source   ipv6(7) IPV6_V6ONLY, sd_listen_fds(3).
#pragma once

#include <string>
#include <vector>

#include "listen_address.h"

namespace ntm {

// An open descriptor; closes it.
class OwnedSocket {
 public:
  explicit OwnedSocket(int fd) : fd_(fd) {}
  OwnedSocket(OwnedSocket&& other) noexcept : fd_(other.Release()) {}
  OwnedSocket& operator=(OwnedSocket&& other) noexcept;
  ~OwnedSocket();

  int fd() const { return fd_; }
  int Release();

 private:
  int fd_;
};

// Listens on every address where the host is empty or "::" (0.0.0.0 where the
// machine has no IPv6); a name that stands for several addresses is its first,
// IPv4 before IPv6.
OwnedSocket OpenListenSocket(const ListenAddress& address);

// Takes the sockets that systemd opened for this process (LISTEN_PID,
// LISTEN_FDS), at least one.
std::vector<OwnedSocket> TakeSystemdSockets();

// What it is bound to, as FormatEndpoint() writes it.
std::string BoundAddress(const OwnedSocket& socket);

// Whether it is IPv6 (AF_INET6) or IPv4 (AF_INET).
int AddressFamily(const OwnedSocket& socket);

}  // namespace ntm
