#include "tcp_watch.h"

#include <algorithm>
#include <cstdlib>

namespace ntm {
namespace {

// Wireshark's: within so much of the segment before, or within a round trip, a
// hole is filled by reordering; later it is a retransmission.
constexpr uint32_t kReorderedWithinTicks = 3'000'000 / 1024;
constexpr uint32_t kFastRetransmitWithinTicks = 20'000'000 / 1024;

// A quarter of the places is enough for those that are being opened.
constexpr size_t kOpeningPart = 4;
// Of each table in one tick.
constexpr size_t kAgedPerTick = 2048;
// So many places are looked at for one that a new conversation may take.
constexpr size_t kVictimWays = 2;

bool IsBefore(uint32_t a, uint32_t b) noexcept {
  return static_cast<int32_t>(a - b) < 0;
}

}  // namespace

TcpWatch::TcpWatch(size_t conversations, uint64_t seed)
    : hash_(seed),
      opening_(conversations / kOpeningPart),
      watched_(conversations),
      counts_(kMaxHealthServices + 1) {
  static_assert(sizeof(Conversation) == 64);
  counts_.front().is_rest = true;
}

void TcpWatch::Add(const Frame& frame, const Packet& packet,
                   const PacketTraits& traits) noexcept {
  Segment& segment = pending_[pending_count_];
  if (!ReadTcpHeader(frame, packet, &segment)) return;
  const auto ends = hash_.OfBoth(packet.src, packet.src_port, packet.dst,
                                 packet.dst_port, traits.interface);
  segment.side = ends.side;
  segment.direction = traits.direction;
  segment.service = traits.service;
  segment.place = static_cast<uint32_t>(watched_.Prefetch(ends.hash));
  segment.hash = ends.hash;
  segment.time_ns = frame.time_ns;
  if (++pending_count_ == kMaxPending) Drain();
}

void TcpWatch::Drain() noexcept {
  for (size_t i = 0; i < pending_count_; ++i) Process(pending_[i]);
  pending_count_ = 0;
}

void TcpWatch::Process(const Segment& segment) noexcept {
  Conversation* watched = watched_.Find(segment.hash, segment.place);
  if (watched != nullptr && !segment.Has(kTcpSyn) && !watched->Has(kReopening))
      [[likely]] {
    Follow(segment, watched);
    return;
  }
  if (segment.Has(kTcpSyn)) {
    if (segment.Has(kTcpAck)) {
      OnSynAck(segment, watched);
    } else {
      OnSyn(segment, watched);
    }
    return;
  }
  if (Conversation* opening = opening_.Find(segment.hash)) {
    watched = OnOpening(segment, opening, watched);
  } else if (watched == nullptr) {
    watched = Adopt(segment);
  }
  if (watched != nullptr) Follow(segment, watched);
}

void TcpWatch::OnSyn(const Segment& segment, Conversation* watched) noexcept {
  const auto isn = static_cast<int64_t>(segment.seq);
  if (watched != nullptr && watched->Has(kHasIsn) && watched->began_ns == isn) {
    // It came late; the conversation is the same.
    ++counts_[watched->counts].retransmitted_segments[segment.by()];
    return;
  }
  Conversation* opening = opening_.Find(segment.hash);
  if (opening != nullptr) {
    Side& client = opening->sides[segment.side];
    if (client.next == segment.seq + segment.length()) {
      if (opening->state == kSynSent) {
        if (client.repeats != UINT8_MAX) ++client.repeats;
      } else {
        // The SYN/ACK was lost on its way to the client.
        CountRepeated(segment, opening);
      }
      opening->Set(kRepeated);
      return;
    }
    End(*opening, ConnectOutcome::kUnanswered);
    opening_.Remove(opening);
  }
  opening = opening_.TakeFree(segment.hash);
  if (opening == nullptr) {
    const Conversation* oldest = opening_.FirstOfSet(
        segment.hash, [](const Conversation& a, const Conversation& b) {
          return a.began_ns < b.began_ns;
        });
    End(*oldest, ConnectOutcome::kUnanswered);
    opening_.Remove(oldest);
    opening = opening_.TakeFree(segment.hash);
  }
  if (watched != nullptr) watched->Set(kReopening);
  opening->began_ns = segment.time_ns;
  opening->service = segment.service;
  opening->state = kSynSent;
  if (segment.side) opening->Set(kClientSide);
  if (kSenderSite[static_cast<size_t>(segment.direction)] == Site::kRemote)
    opening->Set(kClientRemote);
  Side& client = opening->sides[segment.side];
  client.next = segment.seq + segment.length();
  client.next_ticks = client.last_ticks = segment.ticks();
  client.window = segment.window;
  client.seen = true;
}

void TcpWatch::OnSynAck(const Segment& segment,
                        Conversation* watched) noexcept {
  Conversation* opening = opening_.Find(segment.hash);
  if (opening == nullptr) {
    // The SYN was not captured, or the conversation is open already.
    if (watched == nullptr) watched = Adopt(segment);
    if (watched != nullptr) Follow(segment, watched);
    return;
  }
  Side& server = opening->sides[segment.side];
  Side& client = opening->sides[!segment.side];
  if (opening->Has(kClientSide) == segment.side || segment.ack != client.next)
    return;
  if (opening->state == kSynAcked) {
    CountRepeated(segment, opening);
    opening->Set(kRepeated);
    return;
  }
  SeeBoth(opening);
  CountRepeatedSyns(*opening, opening->counts);
  const int64_t took_ns = segment.time_ns - opening->began_ns;
  if (!opening->Has(kRepeated) && took_ns >= 0) {
    counts_[opening->counts].handshakes[segment.by()].Observe(took_ns);
  }
  client.repeats = 0;
  opening->state = kSynAcked;
  opening->began_ns = segment.time_ns;
  server.next = segment.seq + segment.length();
  server.acked = segment.ack;
  server.next_ticks = server.last_ticks = segment.ticks();
  server.window = segment.window;
  server.seen = true;
}

TcpWatch::Conversation* TcpWatch::OnOpening(const Segment& segment,
                                            Conversation* opening,
                                            Conversation* watched) noexcept {
  const bool from_client = opening->Has(kClientSide) == segment.side;
  Side& other = opening->sides[!segment.side];
  if (segment.Has(kTcpRst)) {
    const bool answers = !from_client && (segment.ack == other.next ||
                                          opening->state == kSynAcked);
    if (!from_client && !answers) return watched;
    if (answers) NoteBothDirections();
    ++counts_[CountsOf(opening->service, false)].resets[segment.by()];
    End(*opening,
        answers ? ConnectOutcome::kRefused : ConnectOutcome::kUnanswered);
    opening_.Remove(opening);
    if (watched != nullptr) {
      watched->Clear(kReopening);
    }
    return nullptr;
  }
  // What neither answers the SYN nor follows it belongs to the time before.
  if (opening->state == kSynSent &&
      (!from_client || segment.seq != opening->sides[segment.side].next)) {
    return watched;
  }
  if (from_client && opening->state == kSynAcked) {
    if (segment.ack != other.next && IsBefore(segment.ack, other.next)) {
      return watched;
    }
    const int64_t took_ns = segment.time_ns - opening->began_ns;
    if (!opening->Has(kRepeated) && took_ns >= 0 && segment.ack == other.next) {
      counts_[opening->counts].handshakes[segment.by()].Observe(took_ns);
    }
  }
  End(*opening, ConnectOutcome::kEstablished);
  if (watched == nullptr) watched = Place(segment.hash, segment.time_ns);
  if (watched != nullptr) {
    const Side& client = opening->sides[opening->Has(kClientSide) ? 1 : 0];
    *watched = *opening;
    watched->sides[0].repeats = watched->sides[1].repeats = 0;
    watched->state = kOpen;
    watched->began_ns = static_cast<int64_t>(client.next - 1);
    watched->Set(kHasIsn);
  } else {
    ++unwatched_segments_;
  }
  opening_.Remove(opening);
  return watched;
}

// A conversation from before the start, or one that had no place.
TcpWatch::Conversation* TcpWatch::Adopt(const Segment& segment) noexcept {
  if (segment.Has(kTcpRst)) {
    ++counts_[CountsOf(segment.service, false)].resets[segment.by()];
    return nullptr;
  }
  Conversation* conversation = Place(segment.hash, segment.time_ns);
  if (conversation == nullptr) {
    ++unwatched_segments_;
    return nullptr;
  }
  conversation->service = segment.service;
  return conversation;
}

TcpWatch::Conversation* TcpWatch::Place(uint64_t hash,
                                        int64_t time_ns) noexcept {
  if (Conversation* free = watched_.TakeFree(hash)) return free;
  const uint32_t now = TicksOf(time_ns);
  victim_way_ += kVictimWays;
  return watched_.TakeFrom(
      hash, victim_way_, kVictimWays, [now](const Conversation& place) {
        const auto silent = [now](const Side& side) {
          return side.seen ? now - side.last_ticks : ~uint32_t{0};
        };
        return place.state == kClosed || !place.sides[0].seen ||
               !place.sides[1].seen ||
               std::min(silent(place.sides[0]), silent(place.sides[1])) >=
                   TicksOf(kIdleNs);
      });
}

void TcpWatch::Follow(const Segment& segment,
                      Conversation* conversation) noexcept {
  Side& from = conversation->sides[segment.side];
  Side& to = conversation->sides[!segment.side];
  TcpCounts& counts = counts_[conversation->counts];
  const bool is_usual = conversation->Has(kCountsKnown) &&
                        segment.seq == from.next && segment.flags == kTcpAck &&
                        segment.window != 0 && to.window != 0;
  if (!is_usual) [[unlikely]] {
    FollowUnusual(segment, conversation);
    return;
  }
  if (segment.payload_bytes != 0) {
    ++counts.segments[segment.by()];
    from.next += segment.payload_bytes;
    from.next_ticks = segment.ticks();
  } else if (segment.window == from.window && segment.ack == from.acked &&
             !to.kept_alive && from.repeats != UINT8_MAX) {
    ++from.repeats;
  }
  Remember(segment, &from, &to);
  from.kept_alive = false;
}

void TcpWatch::Remember(const Segment& segment, Side* from, Side* to) noexcept {
  if (segment.ack != from->acked) {
    from->repeats = 0;
    from->acked = segment.ack;
    if (to->has_gap && !IsBefore(segment.ack, to->next)) to->has_gap = false;
    // What it acknowledges was not captured.
    if (IsBefore(to->next, segment.ack) && to->seen && segment.Has(kTcpAck))
        [[unlikely]] {
      to->next = segment.ack;
    }
  }
  from->window = segment.window;
  from->last_ticks = segment.ticks();
}

void TcpWatch::FollowUnusual(const Segment& segment,
                             Conversation* conversation) noexcept {
  Side& from = conversation->sides[segment.side];
  Side& to = conversation->sides[!segment.side];
  const bool is_first = !from.seen;
  if (is_first) {
    from.seen = true;
    from.next = segment.seq;
    from.next_ticks = segment.ticks();
    from.acked = segment.ack - 1;
    from.window = segment.window;
  }
  if (!conversation->Has(kCountsKnown) && to.seen) SeeBoth(conversation);
  TcpCounts& counts = counts_[conversation->counts];
  const size_t by = segment.by();
  if (segment.Has(kTcpRst)) {
    ++counts.resets[by];
    conversation->state = kClosed;
    return;
  }
  const uint32_t length = segment.length();
  counts.segments[by] += segment.payload_bytes != 0 ? 1 : 0;
  const bool in_order = segment.seq == from.next;
  const bool is_plain = !segment.Has(kTcpSyn | kTcpFin);
  const bool probes =
      in_order && length == 1 && is_plain && to.seen && to.window == 0;
  if (segment.window == 0 && is_plain && !probes) ++counts.zero_windows[by];
  const bool keeps_alive = is_plain && segment.payload_bytes <= 1 &&
                           segment.seq == from.next - 1 && !is_first;
  if (length == 0 && in_order && segment.window != 0 &&
      segment.window == from.window && segment.ack == from.acked &&
      !to.kept_alive && from.repeats != UINT8_MAX) {
    ++from.repeats;
  }
  // A probe of one byte is followed by a segment that begins with that byte.
  const bool repeats_probe =
      segment.payload_bytes > 1 && segment.seq == from.next - 1;
  if (length != 0 && !keeps_alive && !repeats_probe &&
      IsBefore(segment.seq, from.next)) {
    OnOldSegment(segment, from, to, &counts);
  }
  const uint32_t next = segment.seq + length;
  if (IsBefore(from.next, segment.seq)) from.has_gap = true;
  if (IsBefore(from.next, next) && !probes) {
    from.next = next;
    from.next_ticks = segment.ticks();
  }
  Remember(segment, &from, &to);
  from.kept_alive = keeps_alive;
  if (segment.Has(kTcpFin)) {
    from.finished = true;
    if (to.finished) conversation->state = kClosed;
  }
}

void TcpWatch::OnOldSegment(const Segment& segment, const Side& from,
                            const Side& to, TcpCounts* counts) noexcept {
  const uint32_t end = segment.seq + segment.length();
  const bool fast =
      to.repeats >= 2 && to.acked == segment.seq &&
      segment.ticks() - to.last_ticks < kFastRetransmitWithinTicks;
  const bool acknowledged = segment.payload_bytes != 0 && to.seen &&
                            to.acked != 0 && !IsBefore(to.acked, end);
  if (from.has_gap && !fast && !acknowledged && end != from.next &&
      segment.ticks() - from.next_ticks < kReorderedWithinTicks) {
    ++out_of_order_segments_;
    return;
  }
  const size_t by = segment.by();
  ++counts->retransmitted_segments[by];
  counts->retransmitted_bytes[by] += segment.payload_bytes;
}

void TcpWatch::CountRepeated(const Segment& segment,
                             const Conversation* opening) noexcept {
  TcpCounts& counts = counts_[opening->counts];
  ++counts.retransmitted_segments[segment.by()];
  if (!opening->Has(kRepeated)) ++counts.repeated_handshakes;
}

void TcpWatch::CountRepeatedSyns(const Conversation& opening,
                                 uint8_t counts) noexcept {
  const size_t client = opening.Has(kClientSide) ? 1 : 0;
  const auto by = static_cast<size_t>(
      opening.Has(kClientRemote) ? Site::kRemote : Site::kLocal);
  const uint8_t repeated = opening.sides[client].repeats;
  if (repeated == 0) return;
  ++counts_[counts].repeated_handshakes;
  counts_[counts].retransmitted_segments[by] += repeated;
}

void TcpWatch::End(const Conversation& opening,
                   ConnectOutcome outcome) noexcept {
  const uint8_t counts =
      CountsOf(opening.service, outcome == ConnectOutcome::kEstablished);
  CountRepeatedSyns(opening, counts);
  if (outcome == ConnectOutcome::kUnanswered && !both_directions_seen_) {
    ++held_back_[counts];
    return;
  }
  ++counts_[counts].connections[static_cast<size_t>(outcome)];
}

void TcpWatch::SeeBoth(Conversation* conversation) noexcept {
  NoteBothDirections();
  conversation->counts = CountsOf(conversation->service, true);
  conversation->Set(kCountsKnown);
}

void TcpWatch::NoteBothDirections() noexcept {
  if (both_directions_seen_) return;
  both_directions_seen_ = true;
  for (size_t i = 0; i < counts_used_; ++i) {
    counts_[i].connections[static_cast<size_t>(ConnectOutcome::kUnanswered)] +=
        held_back_[i];
  }
}

uint8_t TcpWatch::CountsOf(ServiceId service, bool claim) noexcept {
  for (size_t i = 1; i < counts_used_; ++i) {
    if (counted_services_[i] == service) return static_cast<uint8_t>(i);
  }
  const size_t most =
      IsPortNumber(service) ? kMaxHealthServices / 2 : kMaxHealthServices;
  if (!claim || counts_used_ > most) return 0;
  counted_services_[counts_used_] = service;
  counts_[counts_used_].service = service;
  return static_cast<uint8_t>(counts_used_++);
}

void TcpWatch::Age(int64_t now_ns) noexcept {
  Drain();
  for (size_t i = std::min(kAgedPerTick, opening_.size()); i > 0; --i) {
    age_opening_at_ = (age_opening_at_ + 1) % opening_.size();
    if (!opening_.IsTaken(age_opening_at_)) continue;
    const Conversation& opening = opening_[age_opening_at_];
    // Far ahead is what came before the clock was set back.
    if (std::abs(now_ns - opening.began_ns) < kAnswerWithinNs) continue;
    End(opening, ConnectOutcome::kUnanswered);
    if (Conversation* watched = watched_.Find(opening.hash)) {
      watched->Clear(kReopening);
    }
    opening_.Remove(&opening);
  }
  const uint32_t now = TicksOf(now_ns);
  for (size_t i = std::min(kAgedPerTick, watched_.size()); i > 0; --i) {
    age_watched_at_ = (age_watched_at_ + 1) % watched_.size();
    if (!watched_.IsTaken(age_watched_at_)) continue;
    const Conversation& watched = watched_[age_watched_at_];
    bool is_silent = true;
    for (const Side& side : watched.sides) {
      is_silent = is_silent && (!side.seen ||
                                now - side.last_ticks >= TicksOf(kForgottenNs));
    }
    if (is_silent) watched_.Remove(&watched);
  }
}

void TcpWatch::AddTo(WireHealth* health) {
  Drain();
  for (size_t i = 0; i < counts_used_; ++i) {
    const TcpCounts& counts = counts_[i];
    const auto same =
        std::ranges::find_if(health->tcp, [&counts](const TcpCounts& other) {
          return counts.is_rest
                     ? other.is_rest
                     : !other.is_rest && other.service == counts.service;
        });
    if (same != health->tcp.end()) {
      *same += counts;
    } else {
      health->tcp.push_back(counts);
    }
  }
  health->out_of_order_segments += out_of_order_segments_;
  health->unwatched_segments += unwatched_segments_;
  health->conversations += watched_.count();
  health->both_directions_seen |= both_directions_seen_;
}

}  // namespace ntm
