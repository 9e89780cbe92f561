#include "ntm/access/peer.h"

#include "ntm/net/network.h"

namespace ntm {
namespace {

constexpr uint8_t kLinkBits = 64;
constexpr uint8_t kLoopbackNet = 127;

bool IsLinkLocal(const Address& address) noexcept {
  return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
}

}  // namespace

bool IsLoopback(const Address& address) noexcept {
  if (address.kind == AddressKind::kIpv4) {
    return address.bytes[0] == kLoopbackNet;
  }
  static const Address kIpv6Loopback = *ParseAddress("::1");
  return address == kIpv6Loopback;
}

Address OnePeer(const Address& address) noexcept {
  constexpr uint8_t kThisMachine[] = {kLoopbackNet, 0, 0, 1};
  if (IsLoopback(address)) return Address::Ipv4(kThisMachine);
  if (address.kind != AddressKind::kIpv6 || IsLinkLocal(address)) {
    return address;
  }
  return FirstOf(address, kLinkBits);
}

Address OnePeer(const std::string& address) {
  const auto parsed = ParseAddress(address);
  return parsed ? OnePeer(*parsed) : Address();
}

std::string PeerText(const Address& peer) {
  if (IsLoopback(peer)) return "this machine";
  if (peer.kind == AddressKind::kIpv6 && !IsLinkLocal(peer)) {
    return ToString(Network{peer, kLinkBits});
  }
  return peer.kind == AddressKind::kNone ? "unknown" : ToString(peer);
}

}  // namespace ntm
