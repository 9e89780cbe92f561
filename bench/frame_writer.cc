#include "frame_writer.h"

#include <algorithm>

namespace ntm::bench {
namespace {

// RFC 1071, without the final complement. REQUIRES: `size` is even.
uint32_t Sum(const uint8_t* data, size_t size, uint32_t sum = 0) {
  for (size_t i = 0; i < size; i += 2) {
    sum += static_cast<uint32_t>(data[i] << 8 | data[i + 1]);
  }
  return sum;
}

uint16_t Checksum(uint32_t sum) {
  while (sum >> 16 != 0) {
    sum = (sum & 0xffff) + (sum >> 16);
  }
  return static_cast<uint16_t>(~sum);
}

void PutEthernet(uint8_t* frame, bool ipv6, bool from_client) {
  frame[0] = frame[6] = 0x02;  // locally administered
  frame[5] = from_client ? 2 : 1;
  frame[11] = from_client ? 1 : 2;
  Put16(&frame[12], ipv6 ? 0x86dd : 0x0800);
}

// Both return the sum of the pseudo header for a segment of `segment` bytes.
uint32_t PutIpv4(uint8_t* ip, const Conversation& talk, const Endpoint& from,
                 const Endpoint& to, size_t segment) {
  ip[0] = 0x45;
  Put16(ip + 2, 20 + segment);
  ip[6] = 0x40;  // do not fragment
  ip[8] = 64;
  ip[9] = talk.protocol;
  std::copy_n(from.address.begin(), 4, ip + 12);
  std::copy_n(to.address.begin(), 4, ip + 16);
  Put16(ip + 10, Checksum(Sum(ip, 20)));
  return Sum(ip + 12, 8, talk.protocol + static_cast<uint32_t>(segment));
}

uint32_t PutIpv6(uint8_t* ip, const Conversation& talk, const Endpoint& from,
                 const Endpoint& to, size_t segment) {
  ip[0] = 0x60;
  Put16(ip + 4, segment);
  ip[6] = talk.protocol;
  ip[7] = 64;
  std::copy_n(from.address.begin(), 16, ip + 8);
  std::copy_n(to.address.begin(), 16, ip + 24);
  return Sum(ip + 8, 32, talk.protocol + static_cast<uint32_t>(segment));
}

}  // namespace

void Put16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

void Put32(uint8_t* at, uint32_t value) {
  Put16(at, value >> 16);
  Put16(at + 2, value & 0xffff);
}

size_t FrameWriter::Build(const Conversation& talk, uint32_t from_side,
                          uint8_t tcp_flags, size_t wire_bytes) {
  const Endpoint& from = talk.ends[from_side];
  const Endpoint& to = talk.ends[1 - from_side];
  const size_t ip_header = talk.ipv6 ? 40 : 20;
  const size_t transport_header = talk.protocol == kTcp ? 20 : 8;
  wire_bytes =
      std::max(wire_bytes, kEthernetBytes + ip_header + transport_header);
  frame_.fill(0);  // the payload is zero, so only headers add to checksums
  PutEthernet(frame_.data(), talk.ipv6, from_side == 0);
  uint8_t* const ip = &frame_[kEthernetBytes];
  uint8_t* const transport = ip + ip_header;
  const size_t segment = wire_bytes - kEthernetBytes - ip_header;
  const uint32_t pseudo = talk.ipv6 ? PutIpv6(ip, talk, from, to, segment)
                                    : PutIpv4(ip, talk, from, to, segment);
  Put16(transport, from.port);
  Put16(transport + 2, to.port);
  if (talk.protocol == kTcp) {
    Put32(transport + 4, from.sequence);
    Put32(transport + 8, tcp_flags == kTcpSyn ? 0 : to.sequence);
    transport[12] = 5 << 4;
    transport[13] = tcp_flags;
    Put16(transport + 14, 64240);
  } else {
    Put16(transport + 4, segment);
  }
  const uint16_t checksum = Checksum(Sum(transport, transport_header, pseudo));
  const bool udp_zero = talk.protocol == kUdp && checksum == 0;
  Put16(transport + (talk.protocol == kTcp ? 16 : 6),
        udp_zero ? 0xffff : checksum);
  return wire_bytes;
}

}  // namespace ntm::bench
