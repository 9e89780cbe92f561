// Follows TCP conversations: how they are opened, and what is sent again.
//
// Units    ns since the epoch, bytes of TCP payload.
// Shape    two tables of fixed size. `opening` has those whose handshake is not
//          complete: a new one takes the place of the oldest, so a flood of
//          SYNs stays in there. `watched` has the others: a new one takes a
//          free place, or that of one that is closed, silent for kIdleNs or
//          seen in one direction only, of the two at which it looks. One that
//          finds none is not watched, and its segments are counted as such.
//          Segments wait in a short batch, so that their entries are loaded
//          together; what reads the counts drains it first.
// Rules    what was sent again and what is out of order is decided as in
//          Wireshark's sequence analysis, but for SACK blocks, which are not
//          read. A handshake in which SYN or SYN/ACK was repeated is not
//          measured (Karn). Attempts without an answer count as unanswered only
//          once traffic in both directions was seen: a capture of one direction
//          cannot tell.
// Threads  not synchronised: the capture thread of its lane.
// Errors   noexcept; allocates only in the constructor.
// Source   RFC 9293, RFC 6298 section 3 (Karn's algorithm).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "conversation_hash.h"
#include "conversation_table.h"
#include "ntm/conversation/conversation_watch.h"
#include "ntm/conversation/wire_health.h"
#include "ntm/decode/packet.h"
#include "ntm/net/local_networks.h"
#include "sender_site.h"
#include "transport.h"

namespace ntm {

class TcpWatch {
 public:
  static constexpr int64_t kSecondNs = 1'000'000'000;
  static constexpr int64_t kAnswerWithinNs = 30 * kSecondNs;
  static constexpr int64_t kIdleNs = 120 * kSecondNs;
  static constexpr int64_t kForgottenNs = 600 * kSecondNs;

  TcpWatch(size_t conversations, uint64_t seed);
  TcpWatch(const TcpWatch&) = delete;
  TcpWatch& operator=(const TcpWatch&) = delete;

  // REQUIRES: a TCP packet.
  [[gnu::always_inline]] void Add(const Frame& frame, const Packet& packet,
                                  PacketTraits traits) noexcept {
    Pending& pending = *next_pending_;
    if (!pending.tcp.Load(frame, packet)) return;
    const auto ends = hash_.OfBoth(packet.src, packet.src_port, packet.dst,
                                   packet.dst_port, traits.interface);
    pending.hash = ends.hash;
    pending.side = ends.side;
    pending.traits = traits;
    pending.time_ns = frame.time_ns;
    watched_.PrefetchTags(ends.hash);
    if (++next_pending_ == pending_.data() + kBatch) Drain();
  }
  void Drain() noexcept;

  // Ends attempts without an answer, and forgets what is silent, in a part of
  // the tables. Once per tick.
  void Age(int64_t now_ns) noexcept;

  // Something else than TCP was answered.
  void NoteBothDirections() noexcept { both_directions_seen_ = true; }
  bool both_directions_seen() const noexcept { return both_directions_seen_; }

  // Adds to `health`; count() is how many counts.
  void AddTo(WireHealth* health);
  size_t count() const noexcept { return counts_used_; }

 private:
  enum State : uint8_t { kSynSent, kSynAcked, kOpen, kClosed };
  enum Flag : uint8_t {
    kClientSide = 1,  // the side that sent the SYN
    kRepeated = 2,    // SYN or SYN/ACK
    kReopening = 4,   // a new SYN for the same ends came
    kHasIsn = 8,      // began_ns is the client's first sequence number
    kCountsKnown = 16,
    kClientRemote = 32,
    kCalm = 64,  // counts known, not reopening; no gap, keep-alive, zero window
  };

  // Of 1,024 ns, for short times: they wrap after 73 minutes.
  static uint32_t TicksOf(int64_t ns) noexcept {
    return static_cast<uint32_t>(ns >> 10);
  }

  // What one end has sent.
  struct Side {
    uint32_t next = 0;        // the sequence number after all that was sent
    uint32_t acked = 0;       // its last acknowledgment number
    uint32_t next_ticks = 0;  // when it was sent
    uint32_t last_ticks = 0;
    uint16_t window = 0;
    uint8_t repeats = 0;  // of its SYN, until that is answered; then of an ACK
    bool seen : 1 = false;
    bool finished : 1 = false;    // has sent FIN
    bool kept_alive : 1 = false;  // its last segment was a keep-alive
    bool has_gap : 1 = false;     // not all below `next` was captured
  };
  static_assert(sizeof(Side) == 20);

  struct alignas(64) Conversation {  // one cache line
    uint64_t hash = 0;
    int64_t began_ns = 0;  // opening: of the last step; then the client's ISN
    std::array<Side, 2> sides;
    ServiceId service = kNoService;
    State state = kOpen;
    uint8_t flags = 0;
    uint8_t counts = 0;  // index into counts_; 0: the rest

    bool Has(Flag flag) const noexcept { return (flags & flag) != 0; }
    void Set(Flag flag) noexcept { flags = static_cast<uint8_t>(flags | flag); }
    void Clear(Flag flag) noexcept {
      flags = static_cast<uint8_t>(flags & ~flag);
    }
  };

  // A segment that waits until its tags, then its entry are in the cache.
  struct Pending {
    RawTcp tcp;
    uint32_t place = 0;  // in `watched_`, where it very likely is
    bool side = false;
    uint64_t hash = 0;
    int64_t time_ns = 0;
    PacketTraits traits;
  };
  static_assert(sizeof(Pending) <= 48);

  struct Segment : TcpHeader {
    bool side = false;
    Direction direction = Direction::kNone;
    ServiceId service = kNoService;
    uint64_t hash = 0;
    int64_t time_ns = 0;

    uint32_t ticks() const noexcept { return TicksOf(time_ns); }
    bool Has(uint8_t flag) const noexcept { return (flags & flag) != 0; }
    Site from() const noexcept { return SenderSite(direction); }
    size_t by() const noexcept { return static_cast<size_t>(from()); }
    // The sequence numbers that it takes.
    uint32_t length() const noexcept {
      return payload_bytes + (Has(kTcpSyn) ? 1 : 0) + (Has(kTcpFin) ? 1 : 0);
    }
  };

  [[gnu::noinline]] void Process(const Pending& pending,
                                 const TcpHeader& header) noexcept;
  void OnSyn(const Segment& segment, Conversation* watched) noexcept;
  void OnSynAck(const Segment& segment, Conversation* watched) noexcept;
  // Returns the conversation once it is open, else null.
  Conversation* OnOpening(const Segment& segment, Conversation* opening,
                          Conversation* watched) noexcept;
  Conversation* Adopt(const Segment& segment) noexcept;
  void Follow(const Segment& segment, Conversation* conversation) noexcept;
  // Does what Follow() does, for the next segment of a calm conversation;
  // returns false, and does nothing, for any other segment.
  bool FollowCalm(const Pending& pending, const TcpHeader& header,
                  Conversation* conversation) noexcept;
  // Reads what a sequence number below `next` means.
  void OnOldSegment(const Segment& segment, const Side& from, const Side& to,
                    TcpCounts* counts) noexcept;

  Conversation* Place(uint64_t hash, int64_t time_ns) noexcept;
  void End(const Conversation& opening, ConnectOutcome outcome) noexcept;
  // A segment of a handshake that was answered.
  void CountRepeated(const Segment& segment,
                     const Conversation* opening) noexcept;
  void CountRepeatedSyns(const Conversation& opening, uint8_t counts) noexcept;
  void SeeBoth(Conversation* conversation) noexcept;
  // With `claim` the service gets counts of its own if there are any left.
  uint8_t CountsOf(ServiceId service, bool claim) noexcept;

  // So many segments are read together.
  static constexpr size_t kBatch = 16;

  ConversationHash hash_;
  ConversationTable<Conversation> opening_;
  ConversationTable<Conversation> watched_;
  std::array<Pending, kBatch> pending_{};
  Pending* next_pending_ = pending_.data();
  std::vector<TcpCounts> counts_;  // the rest first
  // TcpCounts::segments, all of them close together.
  std::array<TcpCounts::BySite, kMaxHealthServices + 1> segments_{};
  std::array<ServiceId, kMaxHealthServices + 1> counted_services_{};
  size_t counts_used_ = 1;
  uint64_t out_of_order_segments_ = 0;
  uint64_t unwatched_segments_ = 0;
  size_t victim_way_ = 0;
  bool both_directions_seen_ = false;
};

}  // namespace ntm
