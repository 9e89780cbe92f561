// What the kernel says of a network interface, through rtnetlink.
//
// Units    bytes; MTU is the network layer's share of a frame.
// Threads  a Links object has one user at a time.
// Errors   the constructor throws ntm::Error where netlink cannot be opened;
//          absence of an interface is std::nullopt.
// Source   rtnetlink(7), Linux include/uapi/linux/if_link.h.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

// libpcap's name for all interfaces at once, which is none of them.
inline constexpr std::string_view kAnyInterface = "any";

struct LinkState {
  std::string name;
  int index = 0;
  bool admin_up = false;     // ip link set up
  bool has_carrier = false;  // a cable, a peer, an access point
  bool is_loopback = false;
  bool is_bridge = false;
  bool is_hardware = false;  // a device on a bus, not a virtual link
  std::string kind;          // "bridge", "vlan", "veth" …; "" for hardware
  int master_index = 0;  // the bridge, bond … that it is a port of; 0: none
  // What it is stacked on (a VLAN's parent), or a veth's other end; 0: none, or
  // in another namespace.
  int lower_index = 0;
  bool lower_is_elsewhere = false;  // in another network namespace
  uint32_t promiscuity = 0;         // how many ask for frames meant for others
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
