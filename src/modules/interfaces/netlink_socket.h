// Reads all links and addresses over rtnetlink.
//
// Threads  one user at a time.
// Errors   ntm::Error if the socket cannot be opened or the kernel refuses.
// Source   rtnetlink(7), Linux include/uapi/linux/if_link.h, if_addr.h.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "link_reading.h"
#include "ntm/net/netlink_connection.h"

namespace ntm::interfaces {

class NetlinkSocket {
 public:
  NetlinkSocket();
  ~NetlinkSocket();
  NetlinkSocket(const NetlinkSocket&) = delete;
  NetlinkSocket& operator=(const NetlinkSocket&) = delete;

  // Without speed, addresses and is_hardware, which are not in a dump of links.
  std::vector<LinkReading> Links();

  // The link's index and the address, "10.0.0.1/24".
  std::vector<std::pair<int, std::string>> Addresses();

 private:
  NetlinkConnection socket_;
};

}  // namespace ntm::interfaces
