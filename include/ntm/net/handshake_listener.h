// Receives what may belong to a handshake of TLS or QUIC, to learn the names by
// which clients call servers.
//
// Shape    TCP segments of both directions, of which many belong to no
//          handshake, and datagrams that begin like a QUIC long header.
//          Segments and datagrams may be missing, repeated or out of order.
// Units    bytes; ns since the epoch, from the capture's time stamps.
// Threads  called on one thread, which is not a capture thread of the
//          pipeline; it may take a lock.
// Errors   none; a listener must accept hostile bytes.
// Source   RFC 8446 (TLS 1.3), 9000 (QUIC).
#pragma once

#include <cstddef>
#include <cstdint>

#include "ntm/net/address.h"
#include "ntm/net/udp_datagram.h"

namespace ntm {

// REQUIRES: bytes bytes at `data`, valid only during the call.
struct TcpSegment {
  Address src;
  Address dst;
  uint16_t src_port = 0;
  uint16_t dst_port = 0;
  uint32_t sequence = 0;          // of the first byte
  const uint8_t* data = nullptr;  // the payload, at least one byte
  size_t bytes = 0;
  int64_t time_ns = 0;
};

class HandshakeListener {
 public:
  virtual void OnTcp(const TcpSegment& segment) noexcept = 0;
  virtual void OnQuic(const UdpDatagram& datagram) noexcept = 0;

  // So many more frames were left out, because there were too many.
  virtual void OnLost(uint64_t /*frames*/) noexcept {}

 protected:
  ~HandshakeListener() = default;
};

}  // namespace ntm
