// Receives captured DNS datagrams, to learn the names of hosts.
//
// Units    bytes.
// Threads  OnDatagram() is called on one thread, which is not a capture thread
//          of the pipeline; it may take a lock.
// Errors   none; a listener must accept hostile bytes.
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
