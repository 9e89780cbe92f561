// What the counters of a network say, second by second.
#pragma once

#include <cstdint>
#include <memory>

#include "modules/health/sums.h"
#include "ntm/base/unix_time.h"

namespace ntm::health::test {

inline constexpr int64_t kWholeHour = 1'769'846'400;
inline constexpr int64_t kAnswerNs = 20'000'000;

struct Network {
  Network() {
    snapshot.services = std::make_shared<const Services>();
    snapshot.health.tcp.resize(1);
    snapshot.health.dns.resize(1);
    snapshot.health.is_on = true;
  }

  // One second: two connections, of which one is refused, an answer, ten
  // segments down, of which one again, a question that fails.
  void Pass(int64_t time_s) {
    snapshot.time_ns = time_s * kNsPerSecond;
    TcpCounts& tcp = snapshot.health.tcp[0];
    ++tcp.connections[0];
    ++tcp.connections[1];
    tcp.handshakes[1].Observe(kAnswerNs);
    tcp.segments[1] += 10;
    ++tcp.retransmitted_segments[1];
    DnsCounts& dns = snapshot.health.dns[0];
    ++dns.responses[2];
    dns.responses_after.Observe(2 * kAnswerNs);
  }

  Snapshot snapshot;
};

}  // namespace ntm::health::test
