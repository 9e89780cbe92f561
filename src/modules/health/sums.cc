#include "sums.h"

#include <numeric>
#include <string>

#include "time_counts.h"

namespace ntm::health {

uint64_t AnswersOf(const DnsCounts& dns) noexcept {
  return std::accumulate(dns.responses.begin(), dns.responses.end(),
                         uint64_t{0});
}

uint64_t FailuresOf(const DnsCounts& dns) noexcept {
  constexpr size_t kNoError = 0;
  constexpr size_t kNoSuchName = 3;
  return AnswersOf(dns) - dns.responses[kNoError] - dns.responses[kNoSuchName];
}

SentSegments SentSince(const SentSegments& before, const SentSegments& after) {
  return {after.segments - before.segments,
          after.retransmitted - before.retransmitted};
}

AnswerTimes TimesSince(const LatencyHistogram& before,
                       const LatencyHistogram& after) {
  const LatencyHistogram times = after.Since(before);
  return {times.count(), times.Quantile(kMedian), times.Quantile(kP95)};
}

Attempts AttemptsSince(const Sums& before, const Sums& after) {
  Attempts attempts;
  attempts.refused = after.refused - before.refused;
  attempts.unanswered = after.unanswered - before.unanswered;
  attempts.connections = after.established - before.established +
                         attempts.refused + attempts.unanswered;
  attempts.dns_failures = after.dns_failures - before.dns_failures;
  attempts.dns_unanswered = after.dns_unanswered - before.dns_unanswered;
  attempts.dns_questions =
      after.dns_answers - before.dns_answers + attempts.dns_unanswered;
  return attempts;
}

Sums SumsOf(const Snapshot& snapshot) {
  constexpr auto kLocal = static_cast<size_t>(Site::kLocal);
  constexpr auto kRemote = static_cast<size_t>(Site::kRemote);
  Sums sums;
  sums.time_ns = snapshot.time_ns;
  for (const TcpCounts& tcp : snapshot.health.tcp) {
    sums.local += tcp.handshakes[kLocal];
    sums.remote += tcp.handshakes[kRemote];
    sums.up.segments += tcp.segments[kLocal];
    sums.up.retransmitted += tcp.retransmitted_segments[kLocal];
    sums.down.segments += tcp.segments[kRemote];
    sums.down.retransmitted += tcp.retransmitted_segments[kRemote];
    const auto [established, refused, unanswered] = tcp.connections;
    sums.established += established;
    sums.refused += refused;
    sums.unanswered += unanswered;
    sums.services.push_back(
        {tcp.is_rest ? "other"
                     : std::string(snapshot.services->Name(tcp.service)),
         {tcp.segments[kLocal] + tcp.segments[kRemote],
          tcp.retransmitted_segments[kLocal] +
              tcp.retransmitted_segments[kRemote]},
         established + refused + unanswered,
         refused + unanswered});
  }
  for (const DnsCounts& dns : snapshot.health.dns) {
    sums.dns += dns.responses_after;
    sums.dns_unanswered += dns.unanswered;
    sums.dns_answers += AnswersOf(dns);
    sums.dns_failures += FailuresOf(dns);
  }
  return sums;
}

}  // namespace ntm::health
