#include "scoped_sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <fstream>

#include "ntm/base/whole_number.h"

namespace ntm::names {
namespace {

// The index of an interface given by name or number; 0 if it does not exist.
// Read from a file, since the sandbox may forbid if_nametoindex().
uint32_t IndexOf(const std::string& scope) {
  if (const auto number = ParseWholeNumber(scope, 1, INT32_MAX)) {
    return static_cast<uint32_t>(*number);
  }
  std::ifstream file("/sys/class/net/" + scope + "/ifindex");
  uint32_t index = 0;
  file >> index;
  return file ? index : 0;
}

ares_socket_t Open(int family, int type, int protocol, void* /*servers*/) {
  return socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol);
}

int Close(ares_socket_t socket, void* /*servers*/) { return close(socket); }

int Connect(ares_socket_t socket, const sockaddr* address, ares_socklen_t size,
            void* servers) {
  sockaddr_in6 scoped{};
  if (address->sa_family != AF_INET6 || size != sizeof scoped) {
    return connect(socket, address, size);
  }
  std::memcpy(&scoped, address, sizeof scoped);
  const auto same = [&scoped](const NameServer& server) {
    return !server.scope.empty() &&
           std::memcmp(server.address.bytes.data(), &scoped.sin6_addr,
                       sizeof scoped.sin6_addr) == 0;
  };
  const auto& all = *static_cast<const std::vector<NameServer>*>(servers);
  const auto found = std::ranges::find_if(all, same);
  if (found != all.end()) scoped.sin6_scope_id = IndexOf(found->scope);
  return connect(socket, reinterpret_cast<const sockaddr*>(&scoped),
                 sizeof scoped);
}

ares_ssize_t Receive(ares_socket_t socket, void* data, size_t bytes, int flags,
                     sockaddr* from, ares_socklen_t* from_size,
                     void* /*servers*/) {
  return recvfrom(socket, data, bytes, flags, from, from_size);
}

ares_ssize_t Send(ares_socket_t socket, const iovec* parts, int count,
                  void* /*servers*/) {
  return writev(socket, parts, count);
}

}  // namespace

void UseScopes(ares_channel channel, const std::vector<NameServer>* servers) {
  static constexpr ares_socket_functions kFunctions = {Open, Close, Connect,
                                                       Receive, Send};
  if (std::ranges::all_of(*servers, [](const NameServer& server) {
        return server.scope.empty();
      })) {
    return;
  }
  ares_set_socket_functions(
      channel, &kFunctions,
      const_cast<std::vector<NameServer>*>(
          servers));  // only passed back to these functions
}

}  // namespace ntm::names
