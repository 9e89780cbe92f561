// What the sequence numbers of an open conversation say: the part of TcpWatch
// that finds what was sent again.

#include "tcp_watch.h"

namespace ntm {
namespace {

// Wireshark's: within so much of the segment before, or within a round trip, a
// hole is filled by reordering; later it is a retransmission.
constexpr uint32_t kReorderedWithinTicks = 3'000'000 / 1024;
constexpr uint32_t kFastRetransmitWithinTicks = 20'000'000 / 1024;

}  // namespace

void TcpWatch::Follow(const Segment& segment,
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
  segments_[conversation->counts][by] += segment.payload_bytes != 0 ? 1 : 0;
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
  if (segment.ack != from.acked) {
    from.repeats = 0;
    from.acked = segment.ack;
    if (to.has_gap && !IsBefore(segment.ack, to.next)) to.has_gap = false;
    // What it acknowledges was not captured.
    if (IsBefore(to.next, segment.ack) && to.seen && segment.Has(kTcpAck)) {
      to.next = segment.ack;
    }
  }
  from.window = segment.window;
  from.last_ticks = segment.ticks();
  from.kept_alive = keeps_alive;
  if (segment.Has(kTcpFin)) {
    from.finished = true;
    if (to.finished) conversation->state = kClosed;
  }
  const auto is_calm = [](const Side& side) {
    return side.window != 0 && !side.has_gap && !side.kept_alive;
  };
  const bool calm = conversation->Has(kCountsKnown) &&
                    !conversation->Has(kReopening) && is_calm(from) &&
                    is_calm(to);
  if (calm) {
    conversation->Set(kCalm);
  } else {
    conversation->Clear(kCalm);
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

}  // namespace ntm
