#include "handshakes.h"

#include <algorithm>
#include <optional>
#include <utility>

namespace ntm::names {
namespace {

constexpr uint8_t kClientHelloType = 1;

// A datagram has one Initial packet, and rarely one before it is repeated.
constexpr int kMostInitialsADatagram = 4;

bool BeginsClientHello(Span stream) noexcept {
  return stream.size() > 5 && stream[0] == 22 && stream[1] == 3 &&
         stream[5] == kClientHelloType;
}

}  // namespace

const char* HandshakeProtocolName(HandshakeProtocol protocol) noexcept {
  return protocol == HandshakeProtocol::kQuic ? "quic" : "tls";
}

const char* HandshakeEndName(HandshakeEnd end) noexcept {
  switch (end) {
    case HandshakeEnd::kNamed:
      return "named";
    case HandshakeEnd::kNoName:
      return "no_name";
    case HandshakeEnd::kUnreadable:
      return "unreadable";
    case HandshakeEnd::kUnanswered:
      return "unanswered";
    case HandshakeEnd::kIncomplete:
      return "incomplete";
    case HandshakeEnd::kDisplaced:
    case HandshakeEnd::kCount:
      break;
  }
  return "displaced";
}

void Handshakes::OnTcp(const TcpSegment& segment) noexcept {
  EndOld(segment.time_ns);
  if (!BeginsServerHello(Span(segment.data, segment.bytes))) {
    TakeClients(segment);
    return;
  }
  TakeAnswer(
      Find({segment.dst, segment.src, segment.dst_port, segment.src_port},
           HandshakeProtocol::kTls));
}

void Handshakes::TakeClients(const TcpSegment& segment) {
  const Ends ends = {segment.src, segment.dst, segment.src_port,
                     segment.dst_port};
  const Span bytes(segment.data, segment.bytes);
  auto pending = Find(ends, HandshakeProtocol::kTls);
  size_t offset = 0;
  if (pending != pending_.end()) {
    offset = segment.sequence - pending->first_sequence;
  }
  const bool is_rest =
      pending != pending_.end() && offset < GatheredBytes::kMostBytes;
  if (!is_rest) {
    if (!BeginsClientHello(bytes)) return;
    // The ports are used again.
    if (pending != pending_.end()) End(pending, HandshakeEnd::kUnanswered);
    pending = Begin(ends, HandshakeProtocol::kTls, segment.time_ns);
    pending->first_sequence = segment.sequence;
    offset = 0;
  }
  if (!pending->name.empty()) return;
  if (pending->bytes.Add(offset, bytes)) Read(pending);
}

void Handshakes::OnQuic(const UdpDatagram& datagram) noexcept {
  EndOld(datagram.time_ns);
  Span rest(datagram.data, datagram.bytes);
  for (int initials = 0; initials < kMostInitialsADatagram;) {
    const auto packet = ReadQuicPacket(rest);
    if (!packet || TakeServers(datagram, *packet)) return;
    if (packet->type == QuicType::kInitial) {
      TakeInitial(datagram, *packet);
      ++initials;
    }
    rest = rest.subspan(packet->bytes.size());
  }
}

bool Handshakes::TakeServers(const UdpDatagram& datagram,
                             const QuicPacket& packet) {
  const auto pending =
      Find({datagram.dst, datagram.src, datagram.dst_port, datagram.src_port},
           HandshakeProtocol::kQuic);
  if (pending == pending_.end() || packet.type == QuicType::kRetry ||
      packet.type == QuicType::kZeroRtt ||
      !std::ranges::equal(packet.destination_id, pending->client_id)) {
    return false;
  }
  TakeAnswer(pending);
  return true;
}

void Handshakes::TakeInitial(const UdpDatagram& datagram,
                             const QuicPacket& packet) {
  const Ends ends = {datagram.src, datagram.dst, datagram.src_port,
                     datagram.dst_port};
  auto pending = Find(ends, HandshakeProtocol::kQuic);
  std::optional<std::vector<uint8_t>> content;
  if (pending != pending_.end() && pending->version == packet.version) {
    const bool is_same_client =
        std::ranges::equal(packet.source_id, pending->client_id);
    if (is_same_client && !pending->name.empty()) return;
    content = opener_.Open(packet, pending->keys);
  }
  if (!content) {
    // The first packet, the first one after a Retry, or another connection.
    const auto keys = opener_.KeysOf(packet.version, packet.destination_id);
    if (!keys) return;
    content = opener_.Open(packet, *keys);
    if (!content) return;
    if (pending != pending_.end()) pending_.erase(pending);
    pending = Begin(ends, HandshakeProtocol::kQuic, datagram.time_ns);
    pending->version = packet.version;
    pending->keys = *keys;
    pending->client_id.assign(packet.source_id.begin(), packet.source_id.end());
  }
  QuicFrames frames(*content);
  bool has_more = false;
  while (const auto frame = frames.NextCrypto()) {
    if (frame->offset >= GatheredBytes::kMostBytes) continue;
    has_more |=
        pending->bytes.Add(static_cast<size_t>(frame->offset), frame->data);
  }
  if (has_more) Read(pending);
}

void Handshakes::Read(List::iterator pending) {
  const Span bytes = pending->bytes.FromBeginning();
  ClientHello hello = pending->protocol == HandshakeProtocol::kTls
                          ? ReadClientHelloRecords(bytes)
                          : ReadClientHello(bytes);
  switch (hello.state) {
    case HelloState::kNamed:
      pending->name = std::move(hello.name);
      // An empty name is none.
      if (pending->name.empty()) {
        End(pending, HandshakeEnd::kNoName);
      } else {
        Settle(pending);
      }
      break;
    case HelloState::kNoName:
      End(pending, HandshakeEnd::kNoName);
      break;
    case HelloState::kNoHello:
      End(pending, HandshakeEnd::kUnreadable);
      break;
    case HelloState::kIncomplete:
      break;
  }
}

void Handshakes::TakeAnswer(List::iterator pending) {
  if (pending == pending_.end()) return;
  pending->is_answered = true;
  Settle(pending);
}

void Handshakes::Settle(List::iterator pending) {
  if (!pending->is_answered || pending->name.empty()) return;
  learn_(pending->ends.client, pending->ends.server, std::move(pending->name));
  End(pending, HandshakeEnd::kNamed);
}

Handshakes::List::iterator Handshakes::Find(const Ends& ends,
                                            HandshakeProtocol protocol) {
  return std::ranges::find_if(pending_, [&](const Pending& pending) {
    return pending.ends.client_port == ends.client_port &&
           pending.protocol == protocol && pending.ends == ends;
  });
}

Handshakes::List::iterator Handshakes::Begin(const Ends& ends,
                                             HandshakeProtocol protocol,
                                             int64_t time_ns) {
  if (pending_.size() >= kMostPending) {
    End(std::prev(pending_.end()), HandshakeEnd::kDisplaced);
  }
  Pending& pending = pending_.emplace_front();
  pending.ends = ends;
  pending.protocol = protocol;
  pending.begun_ns = time_ns;
  return pending_.begin();
}

void Handshakes::End(List::iterator pending, HandshakeEnd end) {
  ++ended_[static_cast<size_t>(pending->protocol)][static_cast<size_t>(end)];
  pending_.erase(pending);
}

void Handshakes::EndOld(int64_t now_ns) {
  while (!pending_.empty() &&
         now_ns - pending_.back().begun_ns > kPatience.count()) {
    End(std::prev(pending_.end()), pending_.back().name.empty()
                                       ? HandshakeEnd::kIncomplete
                                       : HandshakeEnd::kUnanswered);
  }
}

}  // namespace ntm::names
