// DNS datagrams as they cross the wire, handed to whoever wants them.
//
// Units    bytes.
// Threads  OnDatagram() by one thread, which is not the packet path's; it may
//          take its time and a lock.
// Errors   none; a listener makes the best of hostile bytes.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ntm/net/address.h"

namespace ntm {

// REQUIRES: bytes bytes at `data`, valid only during the call.
struct DnsDatagram {
  Address src;
  Address dst;
  uint16_t src_port = 0;
  uint16_t dst_port = 0;
  const uint8_t* data = nullptr;  // the UDP payload
  size_t bytes = 0;
};

class DnsListener {
 public:
  virtual void OnDatagram(const DnsDatagram& datagram) noexcept = 0;

 protected:
  ~DnsListener() = default;
};

}  // namespace ntm
