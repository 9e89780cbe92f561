#include "dns_watch.h"

#include <algorithm>
#include <cstdlib>

namespace ntm {
namespace {

constexpr size_t kDnsHeaderBytes = 12;
constexpr unsigned kResponseBit = 0x8000;
constexpr unsigned kRcodeMask = 0xf;
constexpr size_t kQuestionsAgedPerTick = 1024;
// Servers that never answered get counts of their own only up to here, so that
// questions to invented servers leave places for real ones.
constexpr size_t kUnansweringServers = kMaxNameServers / 2;

// Returns false iff the first question runs past the end of the message. What
// was not captured cannot be judged.
bool QuestionFits(ByteReader message, size_t message_bytes) noexcept {
  constexpr size_t kTypeAndClassBytes = 4;
  constexpr uint8_t kLongestLabel = 63;
  if (message.U16(4) == 0) return true;
  size_t at = kDnsHeaderBytes;
  for (;;) {
    if (at >= message_bytes) return false;
    if (!message.Has(at, 1)) return true;
    const uint8_t label_bytes = message.U8(at);
    // A compressed name has nothing before it to point at.
    if (label_bytes > kLongestLabel) return false;
    at += size_t{1} + label_bytes;
    if (label_bytes == 0) return at + kTypeAndClassBytes <= message_bytes;
  }
}

}  // namespace

DnsWatch::DnsWatch(uint64_t seed)
    : hash_(seed), questions_(kQuestions), counts_(kMaxNameServers + 1) {
  counts_.front().is_rest = true;
}

bool DnsWatch::Add(ByteReader message, size_t message_bytes,
                   const Packet& packet, int64_t time_ns,
                   uint16_t interface) noexcept {
  if (message_bytes < kDnsHeaderBytes) {
    ++malformed_;
    return false;
  }
  if (!message.Has(0, kDnsHeaderBytes)) return false;
  if (!QuestionFits(message, message_bytes)) {
    ++malformed_;
    return false;
  }
  const uint16_t id = message.U16(0);
  const uint16_t flags = message.U16(2);
  if ((flags & kResponseBit) == 0) {
    if (packet.dst_port != kPort) return false;
    Ask(packet,
        hash_.OfQuestion(packet.src, packet.src_port, packet.dst, id,
                         interface),
        time_ns);
    return false;
  }
  if (packet.src_port != kPort) return false;
  const Question* question = questions_.Find(
      hash_.OfQuestion(packet.dst, packet.dst_port, packet.src, id, interface));
  DnsCounts& counts = counts_[CountsOf(packet.src, question != nullptr)];
  ++counts.responses[std::min<size_t>(flags & kRcodeMask, kRcodeOther)];
  if (question == nullptr) return false;
  counts.responses_after.Observe(time_ns - question->asked_ns);
  questions_.Remove(question);
  return true;
}

void DnsWatch::Ask(const Packet& packet, uint64_t hash,
                   int64_t time_ns) noexcept {
  Question* question = questions_.Find(hash);
  if (question == nullptr) {
    question = questions_.TakeOldest(
        hash,
        [](const Question& a, const Question& b) {
          return a.asked_ns < b.asked_ns;
        },
        [this](const Question& oldest) { End(oldest); });
  }
  question->asked_ns = time_ns;
  question->server = packet.dst;
}

void DnsWatch::End(const Question& question) noexcept {
  const bool claim =
      both_directions_seen_ && counts_used_ <= kUnansweringServers;
  ++counts_[CountsOf(question.server, claim)].unanswered;
}

size_t DnsWatch::CountsOf(const Address& server, bool claim) noexcept {
  for (size_t i = 1; i < counts_used_; ++i) {
    if (counts_[i].server == server) return i;
  }
  if (!claim || counts_used_ == counts_.size()) return 0;
  counts_[counts_used_].server = server;
  return counts_used_++;
}

void DnsWatch::Age(int64_t now_ns) noexcept {
  questions_.Sweep(
      kQuestionsAgedPerTick, [this, now_ns](const Question& question) {
        if (std::abs(now_ns - question.asked_ns) < kAnswerWithinNs) {
          return false;
        }
        End(question);
        return true;
      });
}

void DnsWatch::AddTo(WireHealth* health) const {
  for (size_t i = 0; i < counts_used_; ++i) {
    DnsCounts& sum = AddToSame(counts_[i], &health->dns);
    // A capture of one direction cannot tell.
    if (!both_directions_seen_) sum.unanswered -= counts_[i].unanswered;
  }
  health->malformed_dns += malformed_;
}

}  // namespace ntm
