// A captured UDP datagram, for whoever learns names of hosts from it.
//
// Units    bytes; ns since the epoch, from the capture's time stamps.
// Threads  a plain value; `data` is valid only during the call that it is
//          passed to.
#pragma once

#include <cstddef>
#include <cstdint>

#include "ntm/net/address.h"

namespace ntm {

// REQUIRES: bytes bytes at `data`.
struct UdpDatagram {
  Address src;
  Address dst;
  uint16_t src_port = 0;
  uint16_t dst_port = 0;
  const uint8_t* data = nullptr;  // the UDP payload
  size_t bytes = 0;
  int64_t time_ns = 0;
};

}  // namespace ntm
