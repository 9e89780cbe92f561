#include "tcp_watch.h"

#include <algorithm>
#include <cstdlib>
#include <span>

#include "ntm/base/add_each.h"

namespace ntm {
namespace {

// A quarter of the places is enough for those that are being opened.
constexpr size_t kOpeningPart = 4;
// Of each table in one tick.
constexpr size_t kAgedPerTick = 2048;
// So many places are looked at for one that a new conversation may take.
constexpr size_t kVictimWays = 2;

}  // namespace

TcpWatch::TcpWatch(size_t conversations, uint64_t seed)
    : hash_(seed),
      opening_(conversations / kOpeningPart),
      watched_(conversations),
      counts_(kMaxHealthServices + 1) {
  static_assert(sizeof(Conversation) == 64);
  counts_.front().is_rest = true;
}

[[gnu::always_inline]] inline bool TcpWatch::FollowCalm(
    const Pending& pending, const TcpHeader& header,
    Conversation* conversation) noexcept {
  Side& from = conversation->sides[pending.side];
  Side& to = conversation->sides[!pending.side];
  const bool is_next = conversation->Has(kCalm) && header.flags == kTcpAck &&
                       header.seq == from.next && header.window != 0;
  if (!is_next) [[unlikely]] {
    return false;
  }
  // Without branches, as nothing predicts which segments have payload.
  const bool has_payload = header.payload_bytes != 0;
  const bool acks_more = header.ack != from.acked;
  const bool repeats = !has_payload && !acks_more &&
                       header.window == from.window &&
                       from.repeats != UINT8_MAX;
  const uint32_t ticks = TicksOf(pending.time_ns);
  const auto by = static_cast<size_t>(SenderSite(pending.traits.direction));
  segments_[conversation->counts][by] += has_payload ? 1 : 0;
  from.repeats =
      acks_more ? 0 : static_cast<uint8_t>(from.repeats + (repeats ? 1 : 0));
  from.acked = header.ack;
  from.next += header.payload_bytes;
  from.next_ticks = has_payload ? ticks : from.next_ticks;
  from.last_ticks = ticks;
  from.window = header.window;
  // What it acknowledges may not have been captured.
  to.next = IsBefore(to.next, header.ack) ? header.ack : to.next;
  return true;
}

void TcpWatch::Drain() noexcept {
  const std::span batch(pending_.data(), next_pending_);
  for (Pending& pending : batch) {
    pending.place = static_cast<uint32_t>(watched_.Prefetch(pending.hash));
  }
  for (const Pending& pending : batch) {
    TcpHeader header;
    if (!pending.tcp.Read(&header)) continue;
    Conversation& likely = watched_.At(pending.place);
    const bool is_done =
        likely.hash == pending.hash && FollowCalm(pending, header, &likely);
    if (!is_done) [[unlikely]] {
      Process(pending, header);
    }
  }
  next_pending_ = pending_.data();
}

void TcpWatch::Process(const Pending& pending,
                       const TcpHeader& header) noexcept {
  Segment segment{header};
  segment.side = pending.side;
  segment.direction = pending.traits.direction;
  segment.service = pending.traits.service;
  segment.hash = pending.hash;
  segment.time_ns = pending.time_ns;
  Conversation* watched = watched_.Find(segment.hash);
  if (segment.Has(kTcpSyn)) {
    if (segment.Has(kTcpAck)) {
      OnSynAck(segment, watched);
    } else {
      OnSyn(segment, watched);
    }
    return;
  }
  if (watched != nullptr && !watched->Has(kReopening)) {
    Follow(segment, watched);
    return;
  }
  if (Conversation* opening = opening_.Find(segment.hash)) {
    watched = OnOpening(segment, opening, watched);
  } else if (watched == nullptr) {
    watched = Adopt(segment);
  }
  if (watched != nullptr) Follow(segment, watched);
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
  opening_.Sweep(kAgedPerTick, [this, now_ns](const Conversation& opening) {
    // Far ahead is what came before the clock was set back.
    if (std::abs(now_ns - opening.began_ns) < kAnswerWithinNs) return false;
    End(opening, ConnectOutcome::kUnanswered);
    if (Conversation* watched = watched_.Find(opening.hash)) {
      watched->Clear(kReopening);
    }
    return true;
  });
  watched_.Sweep(
      kAgedPerTick, [now = TicksOf(now_ns)](const Conversation& watched) {
        return std::ranges::all_of(watched.sides, [now](const Side& side) {
          return !side.seen || now - side.last_ticks >= TicksOf(kForgottenNs);
        });
      });
}

void TcpWatch::AddTo(WireHealth* health) {
  constexpr auto kUnanswered = static_cast<size_t>(ConnectOutcome::kUnanswered);
  Drain();
  for (size_t i = 0; i < counts_used_; ++i) {
    TcpCounts& sum = AddToSame(counts_[i], &health->tcp);
    AddEach(segments_[i], &sum.segments);
    // A capture of one direction cannot tell.
    if (!both_directions_seen_) {
      sum.connections[kUnanswered] -= counts_[i].connections[kUnanswered];
    }
  }
  health->out_of_order_segments += out_of_order_segments_;
  health->unwatched_segments += unwatched_segments_;
  health->conversations += watched_.count();
  health->both_directions_seen |= both_directions_seen_;
}

}  // namespace ntm
