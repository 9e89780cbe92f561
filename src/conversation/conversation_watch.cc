#include "ntm/conversation/conversation_watch.h"

#include <algorithm>

#include "arp_watch.h"
#include "dns_watch.h"
#include "icmp_errors.h"
#include "ntm/base/byte_reader.h"
#include "tcp_watch.h"
#include "transport.h"

namespace ntm {
namespace {

bool HasPort(const Packet& packet, uint16_t port) noexcept {
  return packet.src_port == port || packet.dst_port == port;
}

}  // namespace

struct ConversationWatch::Parts {
  Parts(size_t conversations, uint64_t seed)
      : tcp(conversations, seed), dns(seed + 1), arp(seed + 2) {}

  TcpWatch tcp;
  DnsWatch dns;
  ArpWatch arp;
  IcmpCounts icmp;
};

ConversationWatch::ConversationWatch(size_t conversations, uint64_t seed)
    : parts_(std::make_unique<Parts>(conversations, seed)) {}

ConversationWatch::~ConversationWatch() = default;

void ConversationWatch::Add(const Frame& frame, const Packet& packet,
                            PacketTraits traits) noexcept {
  // Each call is the last thing done, so no register is saved.
  if (packet.protocol != kProtocolTcp) {
    AddOther(frame, packet, traits);
  } else if (HasPort(packet, DnsWatch::kPort)) [[unlikely]] {
    AddDnsSegment(frame, packet, traits);
  } else {
    parts_->tcp.Add(frame, packet, traits);
  }
}

void ConversationWatch::AddOther(const Frame& frame, const Packet& packet,
                                 PacketTraits traits) noexcept {
  if (packet.protocol == kProtocolUdp) {
    if (!packet.has_ports || !HasPort(packet, DnsWatch::kPort)) return;
    constexpr uint32_t kHeaderBytes = 8;
    const uint32_t offset = TransportOffset(packet);
    const uint32_t above_bytes = offset - packet.network_offset + kHeaderBytes;
    if (offset == 0 || packet.bytes < above_bytes) return;
    AddDns(frame, packet, offset + kHeaderBytes, packet.bytes - above_bytes,
           traits.interface);
  } else if (packet.protocol == kProtocolIcmp ||
             packet.protocol == kProtocolIcmp6) {
    CountIcmpError(frame, packet, traits.direction, &parts_->icmp);
  } else if (packet.protocol == kProtocolArp) {
    parts_->arp.Add(frame, packet, traits.interface);
  }
}

void ConversationWatch::AddDnsSegment(const Frame& frame, const Packet& packet,
                                      PacketTraits traits) noexcept {
  parts_->tcp.Add(frame, packet, traits);
  // A message that one segment holds begins with its length.
  constexpr uint32_t kLengthBytes = 2;
  RawTcp raw;
  TcpHeader header;
  if (!raw.Load(frame, packet) || !raw.Read(&header) ||
      header.payload_bytes <= kLengthBytes) {
    return;
  }
  const uint32_t message_bytes = header.payload_bytes - kLengthBytes;
  const uint32_t offset =
      packet.network_offset + packet.bytes - header.payload_bytes;
  const ByteReader bytes(frame.data, frame.captured_bytes);
  if (bytes.Has(offset, kLengthBytes) && bytes.U16(offset) == message_bytes) {
    AddDns(frame, packet, offset + kLengthBytes, message_bytes,
           traits.interface);
  }
}

void ConversationWatch::AddDns(const Frame& frame, const Packet& packet,
                               uint32_t offset, uint32_t bytes,
                               uint16_t interface) noexcept {
  const uint32_t captured_bytes =
      offset < frame.captured_bytes ? frame.captured_bytes - offset : 0;
  const ByteReader message(frame.data + std::min(offset, frame.captured_bytes),
                           std::min(bytes, captured_bytes));
  if (parts_->dns.Add(message, bytes, packet, frame.time_ns, interface)) {
    parts_->tcp.NoteBothDirections();
  }
}

void ConversationWatch::Age(int64_t now_ns) noexcept {
  parts_->tcp.Age(now_ns);
  if (parts_->tcp.both_directions_seen()) parts_->dns.NoteBothDirections();
  parts_->dns.Age(now_ns);
}

size_t ConversationWatch::service_count() const noexcept {
  return parts_->tcp.count();
}

size_t ConversationWatch::name_server_count() const noexcept {
  return parts_->dns.count();
}

void ConversationWatch::AddTo(WireHealth* health) {
  health->is_on = true;
  parts_->tcp.AddTo(health);
  if (parts_->tcp.both_directions_seen()) parts_->dns.NoteBothDirections();
  parts_->dns.AddTo(health);
  parts_->arp.AddTo(health);
  health->icmp += parts_->icmp;
}

}  // namespace ntm
