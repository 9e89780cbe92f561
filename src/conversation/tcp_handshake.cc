// How a conversation is opened: the part of TcpWatch up to the handshake's end.

#include "tcp_watch.h"

namespace ntm {

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
  opening = opening_.TakeOldest(
      segment.hash,
      [](const Conversation& a, const Conversation& b) {
        return a.began_ns < b.began_ns;
      },
      [this](const Conversation& oldest) {
        End(oldest, ConnectOutcome::kUnanswered);
      });
  if (watched != nullptr) {
    watched->Set(kReopening);
    watched->Clear(kCalm);
  }
  opening->began_ns = segment.time_ns;
  opening->service = segment.service;
  opening->state = kSynSent;
  if (segment.side) opening->Set(kClientSide);
  if (segment.from() == Site::kRemote) opening->Set(kClientRemote);
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
    if (watched != nullptr) watched->Clear(kReopening);
    return nullptr;
  }
  // What neither answers the SYN nor follows it belongs to the time before.
  if (opening->state == kSynSent &&
      (!from_client || segment.seq != opening->sides[segment.side].next)) {
    return watched;
  }
  if (from_client && opening->state == kSynAcked) {
    if (IsBefore(segment.ack, other.next)) return watched;
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

void TcpWatch::SeeBoth(Conversation* conversation) noexcept {
  NoteBothDirections();
  conversation->counts = CountsOf(conversation->service, true);
  conversation->Set(kCountsKnown);
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
  ++counts_[counts].connections[static_cast<size_t>(outcome)];
}

}  // namespace ntm
