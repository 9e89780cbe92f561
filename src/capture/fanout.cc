#include "fanout.h"

#include <linux/if_packet.h>
#include <linux/membarrier.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr uint32_t kTypeShift = 16;
constexpr uint32_t kIdMask = 0xffff;

[[noreturn]] void ThrowRefusal(const std::string& interface) {
  throw Error("cannot share " + interface + " between capture threads: " +
              std::strerror(errno) + "; use --capture-threads 1");
}

void Join(const std::string& interface, int socket, uint32_t argument) {
  if (setsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument,
                 sizeof argument) != 0) {
    ThrowRefusal(interface);
  }
}

uint32_t GroupOf(const std::string& interface, int socket) {
  uint32_t argument = 0;
  socklen_t bytes = sizeof argument;
  if (getsockopt(socket, SOL_PACKET, PACKET_FANOUT, &argument, &bytes) != 0) {
    ThrowRefusal(interface);
  }
  return argument & kIdMask;
}

}  // namespace

void JoinFanout(const std::string& interface, const std::vector<int>& sockets) {
  constexpr uint32_t kType = uint32_t{PACKET_FANOUT_HASH} << kTypeShift;
  constexpr uint32_t kUnique = uint32_t{PACKET_FANOUT_FLAG_UNIQUEID}
                               << kTypeShift;
  Join(interface, sockets.front(), kType | kUnique);
  const uint32_t group = GroupOf(interface, sockets.front());
  for (size_t i = 1; i < sockets.size(); ++i) {
    Join(interface, sockets[i], kType | group);
  }
  // Another processor may be about to hand a frame to a socket's own hook,
  // which has gone: the kernel waits here until none is (synchronize_rcu). It
  // is only a matter of microseconds, so no failure matters.
  syscall(SYS_membarrier, MEMBARRIER_CMD_GLOBAL, 0, 0);
}

}  // namespace ntm
