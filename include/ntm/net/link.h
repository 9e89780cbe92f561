// Reads the state of network interfaces from the kernel, through rtnetlink.
//
// Units    bytes; the MTU does not include the link header.
// Threads  one thread at a time per Links object.
// Errors   the constructor throws ntm::Error if netlink cannot be used; an
//          interface that does not exist gives std::nullopt.
// Source   rtnetlink(7), Linux include/uapi/linux/if_link.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

// libpcap's name for the capture on all interfaces.
inline constexpr std::string_view kAnyInterface = "any";

struct LinkState {
  std::string name;
  int index = 0;
  bool admin_up = false;     // ip link set up
  bool has_carrier = false;  // IFF_LOWER_UP
  bool is_loopback = false;
  bool is_bridge = false;
  bool is_hardware = false;  // a device on a bus, not a virtual link
  std::string kind;          // "bridge", "vlan", "veth" …; "" for hardware
  int master_index = 0;  // the bridge, bond … that it is a port of; 0: none
  // The link below (a VLAN's parent), or a veth's peer; 0: none, or in another
  // namespace.
  int lower_index = 0;
  bool lower_is_elsewhere = false;  // in another network namespace
  uint32_t promiscuity = 0;         // how many users want promiscuous mode
  uint32_t mtu_bytes = 0;
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
};

class Links {
 public:
  Links();
  ~Links();
  Links(const Links&) = delete;
  Links& operator=(const Links&) = delete;

  std::optional<LinkState> Find(const std::string& name);
  std::vector<LinkState> All();

  // The interface of the default route with the lowest metric (IPv4 before
  // IPv6), else the first that is up and not loopback; "" if there is none.
  std::string DefaultInterface();

 private:
  struct Socket;
  std::unique_ptr<Socket> socket_;
};

}  // namespace ntm
