// A connection to one of the kernel's families of netlink, by libnl.
//
// Threads  one user at a time.
// Errors   Connect() returns libnl's error, below 0.
#pragma once

#include <memory>

struct nl_sock;

namespace ntm {

struct NetlinkDeleter {
  void operator()(nl_sock* socket) const noexcept;
};
using NetlinkConnection = std::unique_ptr<nl_sock, NetlinkDeleter>;

// `family` as NETLINK_ROUTE. After an error there is no connection.
int Connect(int family, NetlinkConnection* connection);

}  // namespace ntm
