#include "netlink_socket.h"

#include <arpa/inet.h>
#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/if_arp.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>
#include <netlink/attr.h>
#include <netlink/msg.h>
#include <netlink/netlink.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "ntm/base/error.h"
#include "ntm/net/address.h"

namespace ntm::interfaces {
namespace {

constexpr int kMacBytes = 6;
// A dump is repeated if a link was added or removed during it.
constexpr int kAttempts = 4;

using Message = std::unique_ptr<nl_msg, decltype(&nlmsg_free)>;

std::string MacOf(nlattr* attribute, unsigned short link_type) {
  if (attribute == nullptr || link_type == ARPHRD_LOOPBACK ||
      nla_len(attribute) != kMacBytes) {
    return "";
  }
  return ToString(Address::Mac(static_cast<uint8_t*>(nla_data(attribute))));
}

LinkCounters CountersOf(nlattr* attribute) {
  // Older kernels send a shorter one.
  rtnl_link_stats64 stats{};
  std::memcpy(
      &stats, nla_data(attribute),
      std::min<size_t>(sizeof stats, static_cast<size_t>(nla_len(attribute))));
  LinkCounters counters{};
  counters[kReceiveBytes] = stats.rx_bytes;
  counters[kTransmitBytes] = stats.tx_bytes;
  counters[kReceivePackets] = stats.rx_packets;
  counters[kTransmitPackets] = stats.tx_packets;
  counters[kReceiveErrors] = stats.rx_errors;
  counters[kTransmitErrors] = stats.tx_errors;
  // The same sum as in /proc/net/dev.
  counters[kReceiveDropped] = stats.rx_dropped + stats.rx_missed_errors;
  counters[kTransmitDropped] = stats.tx_dropped;
  return counters;
}

bool IsBridge(nlattr* attribute) {
  std::array<nlattr*, IFLA_INFO_MAX + 1> attributes{};
  return attribute != nullptr &&
         nla_parse_nested(attributes.data(), IFLA_INFO_MAX, attribute,
                          nullptr) >= 0 &&
         attributes[IFLA_INFO_KIND] != nullptr &&
         nla_strcmp(attributes[IFLA_INFO_KIND], "bridge") == 0;
}

int TakeLink(nl_msg* message, void* links) {
  nlmsghdr* header = nlmsg_hdr(message);
  std::array<nlattr*, IFLA_MAX + 1> attributes{};
  if (header->nlmsg_type != RTM_NEWLINK ||
      nlmsg_parse(header, sizeof(ifinfomsg), attributes.data(), IFLA_MAX,
                  nullptr) < 0 ||
      attributes[IFLA_IFNAME] == nullptr ||
      attributes[IFLA_STATS64] == nullptr) {
    return NL_SKIP;
  }
  const auto* info = static_cast<ifinfomsg*>(nlmsg_data(header));
  LinkReading link;
  link.name = nla_get_string(attributes[IFLA_IFNAME]);
  link.index = info->ifi_index;
  link.up =
      (info->ifi_flags & IFF_UP) != 0 && (info->ifi_flags & IFF_LOWER_UP) != 0;
  link.is_loopback = (info->ifi_flags & IFF_LOOPBACK) != 0;
  link.is_bridge = IsBridge(attributes[IFLA_LINKINFO]);
  if (attributes[IFLA_MASTER] != nullptr) {
    link.master_index = static_cast<int>(nla_get_u32(attributes[IFLA_MASTER]));
  }
  if (attributes[IFLA_MTU] != nullptr) {
    link.mtu_bytes = nla_get_u32(attributes[IFLA_MTU]);
  }
  link.mac = MacOf(attributes[IFLA_ADDRESS], info->ifi_type);
  link.counters = CountersOf(attributes[IFLA_STATS64]);
  static_cast<std::vector<LinkReading>*>(links)->push_back(std::move(link));
  return NL_OK;
}

int TakeAddress(nl_msg* message, void* addresses) {
  nlmsghdr* header = nlmsg_hdr(message);
  std::array<nlattr*, IFA_MAX + 1> attributes{};
  if (header->nlmsg_type != RTM_NEWADDR ||
      nlmsg_parse(header, sizeof(ifaddrmsg), attributes.data(), IFA_MAX,
                  nullptr) < 0) {
    return NL_SKIP;
  }
  const auto* info = static_cast<ifaddrmsg*>(nlmsg_data(header));
  // On a point-to-point link IFA_ADDRESS is the address of the peer.
  nlattr* own = attributes[IFA_LOCAL] != nullptr ? attributes[IFA_LOCAL]
                                                 : attributes[IFA_ADDRESS];
  const int length = info->ifa_family == AF_INET ? 4 : 16;
  if (own == nullptr || nla_len(own) < length ||
      (info->ifa_family != AF_INET && info->ifa_family != AF_INET6)) {
    return NL_SKIP;
  }
  const auto* octets = static_cast<uint8_t*>(nla_data(own));
  const Address address = info->ifa_family == AF_INET ? Address::Ipv4(octets)
                                                      : Address::Ipv6(octets);
  static_cast<std::vector<std::pair<int, std::string>>*>(addresses)
      ->emplace_back(
          static_cast<int>(info->ifa_index),
          ToString(address) + "/" + std::to_string(info->ifa_prefixlen));
  return NL_OK;
}

Message LinkRequest() {
  Message message(nlmsg_alloc_simple(RTM_GETLINK, NLM_F_DUMP), nlmsg_free);
  ifinfomsg info{};
  info.ifi_family = AF_UNSPEC;
  if (message == nullptr ||
      nlmsg_append(message.get(), &info, sizeof info, NLMSG_ALIGNTO) < 0 ||
      // Leaves out the statistics per address family, which are not needed.
      nla_put_u32(message.get(), IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS) < 0) {
    return {nullptr, nlmsg_free};
  }
  return message;
}

Message AddressRequest() {
  Message message(nlmsg_alloc_simple(RTM_GETADDR, NLM_F_DUMP), nlmsg_free);
  ifaddrmsg info{};
  if (message == nullptr ||
      nlmsg_append(message.get(), &info, sizeof info, NLMSG_ALIGNTO) < 0) {
    return {nullptr, nlmsg_free};
  }
  return message;
}

// Sends the request and calls `take` for every message of the answer.
template <typename T>
std::vector<T> Dump(nl_sock* socket, Message (*request)(),
                    nl_recvmsg_msg_cb_t take) {
  int error = -NLE_NOMEM;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<T> answer;
    const Message message = request();
    if (message == nullptr) break;
    nl_socket_modify_cb(socket, NL_CB_VALID, NL_CB_CUSTOM, take, &answer);
    error = nl_send_auto(socket, message.get());
    if (error >= 0) error = nl_recvmsgs_default(socket);
    if (error >= 0) return answer;
    if (error != -NLE_DUMP_INTR) break;
  }
  throw Error(std::string("cannot read the counters of the interfaces: "
                          "netlink: ") +
              nl_geterror(error) + "; it is retried");
}

}  // namespace

NetlinkSocket::NetlinkSocket() {
  const int error = Connect(NETLINK_ROUTE, &socket_);
  if (error < 0) {
    throw Error(
        std::string("cannot read the counters of the interfaces: netlink: ") +
        nl_geterror(error) + "; allow this process AF_NETLINK sockets");
  }
}

NetlinkSocket::~NetlinkSocket() = default;

std::vector<LinkReading> NetlinkSocket::Links() {
  return Dump<LinkReading>(socket_.get(), LinkRequest, TakeLink);
}

std::vector<std::pair<int, std::string>> NetlinkSocket::Addresses() {
  return Dump<std::pair<int, std::string>>(socket_.get(), AddressRequest,
                                           TakeAddress);
}

}  // namespace ntm::interfaces
