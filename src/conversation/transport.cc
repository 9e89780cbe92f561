#include "transport.h"

#include "ntm/base/byte_reader.h"
#include "ntm/decode/decode_ip.h"

namespace ntm {

uint32_t Ipv6TransportOffset(const Frame& frame,
                             const Packet& packet) noexcept {
  const ByteReader ip(frame.data + packet.network_offset,
                      frame.captured_bytes - packet.network_offset);
  const size_t header_bytes = Ipv6HeadersBytes(ip, packet.protocol);
  return header_bytes == 0
             ? 0
             : packet.network_offset + static_cast<uint32_t>(header_bytes);
}

}  // namespace ntm
