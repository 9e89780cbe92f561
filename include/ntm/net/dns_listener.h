// Receives captured DNS datagrams, to learn the names of hosts.
//
// Threads  OnDatagram() is called on one thread, which is not a capture thread
//          of the pipeline; it may take a lock. OnLost() is called there too.
// Errors   none; a listener must accept hostile bytes.
#pragma once

#include <cstdint>

#include "ntm/net/udp_datagram.h"

namespace ntm {

using DnsDatagram = UdpDatagram;

// The source port of multicast DNS (RFC 6762 section 6).
inline constexpr uint16_t kMdnsPort = 5353;

class DnsListener {
 public:
  virtual void OnDatagram(const DnsDatagram& datagram) noexcept = 0;

  // So many more frames were left out, because there were too many.
  virtual void OnLost(uint64_t /*frames*/) noexcept {}

 protected:
  ~DnsListener() = default;
};

}  // namespace ntm
