// Connects to a netlink family of the kernel, with libnl.
//
// Threads  one thread at a time per connection.
// Errors   Connect() returns libnl's negative error code.
#pragma once

#include <memory>

struct nl_sock;

namespace ntm {

struct NetlinkDeleter {
  void operator()(nl_sock* socket) const noexcept;
};
using NetlinkConnection = std::unique_ptr<nl_sock, NetlinkDeleter>;

// `family` is a constant such as NETLINK_ROUTE. On error `connection` is null.
int Connect(int family, NetlinkConnection* connection);

}  // namespace ntm
