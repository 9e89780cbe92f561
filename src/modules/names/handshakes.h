// Learns by which name a client calls a server, from their handshake.
//
// A name is believed once the server has answered: TLS with a ServerHello, QUIC
// with a packet to the client's connection id. So nobody can name an address
// without being there, or seeing what goes to it. Retry is no answer: with it a
// server asks the client to begin again, to another connection id, from which
// the keys are then derived.
//
// Shape    at most kMostPending handshakes that wait for their rest or for the
//          answer, of at most GatheredBytes::kMostBytes each, the oldest
//          displaced. The second segment of a ClientHello before the first is
//          not kept.
// Units    ns since the epoch, by the capture's time stamps.
// Threads  OnTcp(), OnQuic(), OnLost() on one thread, which calls `learn`, too;
//          the counts on any.
// Errors   the constructor throws ntm::Error if libcrypto lacks an algorithm.
//          Bytes that are no handshake are counted or ignored.
// Source   RFC 8446, 9000, 9001, 9369.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <list>
#include <string>
#include <vector>

#include "gathered_bytes.h"
#include "initial_keys.h"
#include "ntm/net/handshake_listener.h"
#include "quic_packet.h"
#include "tls_hello.h"

namespace ntm::names {

enum class HandshakeProtocol : uint8_t { kTls, kQuic, kCount };
enum class HandshakeEnd : uint8_t {
  kNamed,       // the server answered
  kNoName,      // the client sent no name
  kUnreadable,  // began like a ClientHello, but is none
  kUnanswered,  // no answer was seen
  kIncomplete,  // the rest of the ClientHello was not seen
  kDisplaced,   // by newer ones
  kCount,
};
inline constexpr auto kHandshakeProtocolCount =
    static_cast<size_t>(HandshakeProtocol::kCount);
inline constexpr auto kHandshakeEndCount =
    static_cast<size_t>(HandshakeEnd::kCount);

// Label values: "tls", "quic"; "named", "no_name" …
const char* HandshakeProtocolName(HandshakeProtocol protocol) noexcept;
const char* HandshakeEndName(HandshakeEnd end) noexcept;

class Handshakes final : public HandshakeListener {
 public:
  static constexpr size_t kMostPending = 512;
  static constexpr std::chrono::nanoseconds kPatience =
      std::chrono::seconds(10);

  // The name is as the client sent it.
  using Learn = std::function<void(const Address& client, const Address& server,
                                   std::string name)>;

  explicit Handshakes(Learn learn) : learn_(std::move(learn)) {}

  void OnTcp(const TcpSegment& segment) noexcept override;
  void OnQuic(const UdpDatagram& datagram) noexcept override;
  void OnLost(uint64_t frames) noexcept override { lost_frames_ += frames; }

  uint64_t ended(HandshakeProtocol protocol, HandshakeEnd end) const noexcept {
    return ended_[static_cast<size_t>(protocol)][static_cast<size_t>(end)];
  }
  uint64_t lost_frames() const noexcept { return lost_frames_; }
  size_t pending() const noexcept { return pending_.size(); }

 private:
  struct Ends {
    Address client;
    Address server;
    uint16_t client_port = 0;
    uint16_t server_port = 0;

    friend bool operator==(const Ends&, const Ends&) = default;
  };

  struct Pending {
    Ends ends;
    HandshakeProtocol protocol = HandshakeProtocol::kTls;
    int64_t begun_ns = 0;
    GatheredBytes bytes;
    std::string name;  // "" as long as it is not known
    bool is_answered = false;
    uint32_t first_sequence = 0;  // TLS
    // QUIC:
    QuicVersion version = QuicVersion::k1;
    InitialKeys keys;
    std::vector<uint8_t> client_id;
  };
  using List = std::list<Pending>;  // the newest first

  List::iterator Find(const Ends& ends, HandshakeProtocol protocol);
  List::iterator Begin(const Ends& ends, HandshakeProtocol protocol,
                       int64_t time_ns);
  void End(List::iterator pending, HandshakeEnd end);
  void EndOld(int64_t now_ns);
  void TakeClients(const TcpSegment& segment);
  // Returns false if it is not to this client, or no answer.
  bool TakeServers(const UdpDatagram& datagram, const QuicPacket& packet);
  void TakeInitial(const UdpDatagram& datagram, const QuicPacket& packet);
  // Reads what was gathered.
  void Read(List::iterator pending);
  void TakeAnswer(List::iterator pending);
  // Ends it iff there are a name and an answer.
  void Settle(List::iterator pending);

  Learn learn_;
  InitialOpener opener_;
  List pending_;
  std::array<std::array<std::atomic<uint64_t>, kHandshakeEndCount>,
             kHandshakeProtocolCount>
      ended_{};
  std::atomic<uint64_t> lost_frames_ = 0;
};

}  // namespace ntm::names
