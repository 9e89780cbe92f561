#include "own_copies.h"

#include <linux/filter.h>
#include <linux/if.h>
#include <linux/if_packet.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstdint>
#include <vector>

#include "ntm/net/link.h"

namespace ntm {
namespace {

// In every network namespace (LOOPBACK_IFINDEX of the kernel).
constexpr uint32_t kLoopbackIndex = 1;
constexpr uint32_t kAcceptAll = 0x40000;

constexpr uint32_t Ancillary(int which) {
  return static_cast<uint32_t>(SKF_AD_OFF + which);
}

bool SeesLoopback(const std::string& interface, int socket) {
  if (interface == kAnyInterface) return true;
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  return ioctl(socket, SIOCGIFINDEX, &request) == 0 &&
         request.ifr_ifindex == static_cast<int>(kLoopbackIndex);
}

// What the socket has; the kernel counts instructions here, not bytes.
std::vector<sock_filter> FilterOf(int socket) {
  socklen_t count = BPF_MAXINSNS;
  std::vector<sock_filter> filter(count);
  if (getsockopt(socket, SOL_SOCKET, SO_GET_FILTER, filter.data(), &count) !=
      0) {
    count = 0;
  }
  filter.resize(count);
  if (filter.empty()) filter.push_back({BPF_RET | BPF_K, 0, 0, kAcceptAll});
  return filter;
}

}  // namespace

bool LeaveOutOwnCopies(const std::string& interface, int socket) {
  if (!SeesLoopback(interface, socket)) return false;
  std::vector<sock_filter> filter = {
      {BPF_LD | BPF_W | BPF_ABS, 0, 0, Ancillary(SKF_AD_IFINDEX)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 3, kLoopbackIndex},
      {BPF_LD | BPF_B | BPF_ABS, 0, 0, Ancillary(SKF_AD_PKTTYPE)},
      {BPF_JMP | BPF_JEQ | BPF_K, 0, 1, PACKET_OUTGOING},
      {BPF_RET | BPF_K, 0, 0, 0},
  };
  const std::vector<sock_filter> rest = FilterOf(socket);
  filter.insert(filter.end(), rest.begin(), rest.end());
  const sock_fprog program{static_cast<uint16_t>(filter.size()), filter.data()};
  return filter.size() <= BPF_MAXINSNS &&
         setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program,
                    sizeof program) == 0;
}

}  // namespace ntm
