// Tells from the packets whether the network is well: how long handshakes and
// name servers take, what is sent again, what could not be delivered.
//
// Units    ns since the epoch, bytes.
// Shape    tables of fixed size (--conversations N): 65 bytes for each of N TCP
//          conversations and of N/4 that are being opened; 4,096 questions to
//          name servers; 1,024 ARP claims. A flood takes places, never memory.
//          A conversation is told apart by its interface, addresses and ports.
// Threads  not synchronised; used by the capture thread of its lane. Age() and
//          AddTo() under the same lock.
// Errors   Add() is noexcept and never allocates. What cannot be known is
//          not counted: of fragments, cut headers, impossible lengths and, in a
//          capture of one direction, answers.
// Source   RFC 9293 (TCP), 1035 (DNS), 792 and 4443 (ICMP), 826 (ARP).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include "ntm/conversation/wire_health.h"
#include "ntm/decode/packet.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/services.h"

namespace ntm {

inline constexpr size_t kDefaultConversations = 16384;

// What the pipeline knows about a packet besides its headers. It fits into a
// register.
struct alignas(8) PacketTraits {
  ServiceId service = kNoService;
  uint16_t interface = 0;  // as FlowExtras has it
  Direction direction = Direction::kNone;
};

class ConversationWatch {
 public:
  ConversationWatch(size_t conversations, uint64_t seed);
  ~ConversationWatch();
  ConversationWatch(const ConversationWatch&) = delete;
  ConversationWatch& operator=(const ConversationWatch&) = delete;

  void Add(const Frame& frame, const Packet& packet,
           PacketTraits traits) noexcept;

  // Once per tick.
  void Age(int64_t now_ns) noexcept;

  // Adds to `health`; allocates where it has no room for so many counts.
  void AddTo(WireHealth* health);
  size_t service_count() const noexcept;
  size_t name_server_count() const noexcept;

 private:
  struct Parts;

  [[gnu::noinline]] void AddOther(const Frame& frame, const Packet& packet,
                                  PacketTraits traits) noexcept;
  [[gnu::noinline]] void AddDnsSegment(const Frame& frame, const Packet& packet,
                                       PacketTraits traits) noexcept;
  void AddDns(const Frame& frame, const Packet& packet, uint32_t offset,
              uint32_t bytes, uint16_t interface) noexcept;

  std::unique_ptr<Parts> parts_;
};

}  // namespace ntm
