// Fuzzes what reads handshakes: TLS records, QUIC packets and their frames, and
// the pieces of a stream in any order.
#include "modules/names/handshakes.h"

#include <algorithm>
#include <span>
#include <string>

#include "fuzz.h"

namespace {

using ntm::names::Span;

ntm::Address At(uint8_t last) {
  ntm::Address address;
  address.kind = ntm::AddressKind::kIpv4;
  address.bytes[0] = 10;
  address.bytes[3] = last;
  return address;
}

void ReadPackets(Span datagram) {
  while (const auto packet = ntm::names::ReadQuicPacket(datagram)) {
    if (packet->bytes.empty() || packet->number_offset > packet->bytes.size()) {
      __builtin_trap();
    }
    datagram = datagram.subspan(packet->bytes.size());
  }
}

// Each piece begins with its length and its place in the stream.
void SendPieces(Span pieces) {
  size_t learned = 0;
  ntm::names::Handshakes handshakes(
      [&learned](const ntm::Address&, const ntm::Address&, std::string name) {
        if (name.empty()) __builtin_trap();
        ++learned;
      });
  size_t sent = 0;
  while (pieces.size() > 3) {
    const size_t bytes = std::min<size_t>(pieces[0] * 8U, pieces.size() - 3);
    const uint32_t offset = pieces[1] * 256U + pieces[2];
    const Span piece = pieces.subspan(3, bytes);
    if (!piece.empty()) {
      handshakes.OnTcp({At(1), At(2), 40000, 443, offset, piece.data(),
                        piece.size(), static_cast<int64_t>(sent)});
    }
    pieces = pieces.subspan(3 + bytes);
    ++sent;
  }
  if (handshakes.pending() > 1 || learned > sent) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Span bytes(data, size);
  ntm::names::ReadClientHello(bytes);
  ntm::names::ReadClientHelloRecords(bytes);
  ntm::names::BeginsServerHello(bytes);
  ReadPackets(bytes);
  ntm::names::QuicFrames frames(bytes);
  while (const auto frame = frames.NextCrypto()) {
    ntm::names::ReadClientHello(frame->data);
  }
  SendPieces(bytes);
  static ntm::names::Handshakes quic(
      [](const ntm::Address&, const ntm::Address&, const std::string&) {});
  quic.OnQuic({At(1), At(2), 50000, 443, data, size, 0});
  quic.OnQuic({At(2), At(1), 443, 50000, data, size, 0});
  return 0;
}
