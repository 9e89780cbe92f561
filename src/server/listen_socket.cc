#include "listen_socket.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <system_error>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr int kFirstSystemdSocket = 3;  // SD_LISTEN_FDS_START

using AddressList = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

std::string Reason(int error) { return std::generic_category().message(error); }

std::string TextOf(const ListenAddress& address) {
  if (address.host.find(':') != std::string::npos) {
    return fmt::format("[{}]:{}", address.host, address.port);
  }
  return fmt::format("{}:{}", address.host, address.port);
}

std::string_view Remedy(int error) {
  switch (error) {
    case EADDRINUSE:
      return "stop the program that listens there or choose another port with "
             "-p PORT";
    case EACCES:
    case EPERM:
      return "ports below 1024 need root or cap_net_bind_service; choose "
             "another port with -p PORT";
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
      return "this machine has no such address; choose one that it has with -b "
             "ADDRESS";
    default:
      return "choose another address with -b ADDRESS";
  }
}

[[noreturn]] void Refuse(const ListenAddress& address, int error) {
  throw Error(fmt::format("cannot listen on {}: {}; {}", TextOf(address),
                          Reason(error), Remedy(error)));
}

AddressList Resolve(const ListenAddress& address, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error =
      getaddrinfo(address.host.empty() ? nullptr : address.host.c_str(),
                  std::to_string(address.port).c_str(), &hints, &found);
  if (error != 0) {
    throw Error(fmt::format(
        "cannot listen on {}: {}; give an address of this machine with -b "
        "ADDRESS",
        TextOf(address),
        error == EAI_SYSTEM ? Reason(errno) : gai_strerror(error)));
  }
  return {found, &freeaddrinfo};
}

// Returns a socket, or -1 and errno.
int Listen(const addrinfo& where) {
  Descriptor socket(
      ::socket(where.ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  const int off = 0;
  if (socket.get() < 0 ||
      setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) !=
          0 ||
      (where.ai_family == AF_INET6 &&
       setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)) !=
           0) ||
      bind(socket.get(), where.ai_addr, where.ai_addrlen) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0) {
    return -1;
  }
  return socket.Release();
}

bool IsListeningTcp(int fd) {
  int accepting = 0;
  socklen_t size = sizeof(accepting);
  int domain = 0;
  socklen_t domain_size = sizeof(domain);
  return getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepting, &size) == 0 &&
         accepting != 0 &&
         getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &domain_size) == 0 &&
         (domain == AF_INET || domain == AF_INET6);
}

// The variable's number; 0 if it is absent or not a number.
int NumberFromEnvironment(const char* name) {
  const char* const text = std::getenv(name);
  int number = 0;
  if (text != nullptr) {
    std::from_chars(text, text + std::strlen(text), number);
  }
  return number;
}

}  // namespace

Descriptor OpenListenSocket(const ListenAddress& address) {
  const bool everywhere = address.host.empty();
  const AddressList first = everywhere ? Resolve({"::", address.port}, AF_INET6)
                                       : Resolve(address, AF_UNSPEC);
  const addrinfo* chosen = first.get();
  for (const addrinfo* each = chosen; each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      chosen = each;
      break;
    }
  }
  int fd = Listen(*chosen);
  if (fd < 0 && everywhere &&
      (errno == EAFNOSUPPORT || errno == EADDRNOTAVAIL)) {
    fd = Listen(*Resolve(address, AF_INET));
  }
  if (fd < 0) {
    Refuse(address, errno);
  }
  return Descriptor(fd);
}

std::vector<Descriptor> TakeSystemdSockets() {
  const int count = NumberFromEnvironment("LISTEN_FDS");
  if (NumberFromEnvironment("LISTEN_PID") != getpid() || count <= 0) {
    throw Error(
        "cannot use a socket of systemd: it passed none (LISTEN_FDS); start "
        "ntm from a .socket unit or leave out --web.systemd-socket");
  }
  std::vector<Descriptor> sockets;
  for (int fd = kFirstSystemdSocket; fd < kFirstSystemdSocket + count; ++fd) {
    if (!IsListeningTcp(fd)) {
      throw Error(fmt::format(
          "cannot use a socket of systemd: descriptor {} is not a listening "
          "TCP socket; use ListenStream= with an address or a port",
          fd));
    }
    sockets.emplace_back(fd);
    fcntl(fd, F_SETFD, FD_CLOEXEC);
    fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  }
  return sockets;
}

std::string BoundAddress(const Descriptor& socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof(address);
  // reinterpret_cast: usual with the sockets API
  getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
  return FormatEndpoint(address);
}

int AddressFamily(const Descriptor& socket) {
  int domain = AF_INET;
  socklen_t size = sizeof(domain);
  getsockopt(socket.get(), SOL_SOCKET, SO_DOMAIN, &domain, &size);
  return domain;
}

}  // namespace ntm
