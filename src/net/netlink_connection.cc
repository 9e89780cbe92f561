#include "ntm/net/netlink_connection.h"

#include <netlink/errno.h>
#include <netlink/netlink.h>
#include <netlink/socket.h>

namespace ntm {

void NetlinkDeleter::operator()(nl_sock* socket) const noexcept {
  nl_socket_free(socket);
}

int Connect(int family, NetlinkConnection* connection) {
  connection->reset(nl_socket_alloc());
  const int error =
      *connection ? nl_connect(connection->get(), family) : -NLE_NOMEM;
  if (error < 0) connection->reset();
  return error;
}

}  // namespace ntm
