#include "five_minutes.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "ntm/base/unix_time.h"
#include "ntm/flow/host_text.h"

namespace ntm::health {
namespace {

constexpr int64_t kStateEveryNs = 30 * kNsPerSecond;
constexpr size_t kStates = 11;
constexpr int64_t kConflictLastsNs = 600 * kNsPerSecond;

std::string ConflictText(const Snapshot& snapshot) {
  const ArpConflict& conflict = snapshot.health.last_arp_conflict;
  if (snapshot.health.arp_conflicts == 0 ||
      snapshot.time_ns - conflict.time_ns >= kConflictLastsNs) {
    return "";
  }
  const auto text = [&snapshot](const Address& address) {
    return HostText(snapshot, address, PrefixBits());
  };
  return fmt::format("{}: {} and {}", text(conflict.address),
                     text(conflict.first), text(conflict.second));
}

NameServerHealth ServerSince(const Snapshot& snapshot, const DnsCounts& before,
                             const DnsCounts& now) {
  const uint64_t unanswered = now.unanswered - before.unanswered;
  NameServerHealth server;
  server.server =
      now.is_rest ? "other" : HostText(snapshot, now.server, PrefixBits());
  server.times = TimesSince(before.responses_after, now.responses_after);
  server.questions = AnswersOf(now) - AnswersOf(before) + unanswered;
  server.failed = FailuresOf(now) - FailuresOf(before) + unanswered;
  return server;
}

}  // namespace

SteadyHealth FiveMinutes::Add(const Snapshot& snapshot, const Sums& sums) {
  // After the clock was set, what was kept says nothing about five minutes.
  if (!kept_.empty() && snapshot.time_ns < kept_.back().time_ns) kept_.clear();
  const State now = {sums.time_ns, sums.up, sums.down, snapshot.health.dns};
  if (kept_.empty() || now.time_ns - kept_.back().time_ns >= kStateEveryNs) {
    kept_.push_back(now);
    if (kept_.size() > kStates) kept_.pop_front();
  }
  const State& before = kept_.front();
  SteadyHealth health;
  health.seconds = SecondsOf(now.time_ns - before.time_ns);
  health.up = SentSince(before.up, now.up);
  health.down = SentSince(before.down, now.down);
  for (const DnsCounts& dns : now.dns) {
    const auto was = std::ranges::find_if(
        before.dns,
        [&dns](const DnsCounts& other) { return other.IsSameAs(dns); });
    health.name_servers.push_back(ServerSince(
        snapshot, was == before.dns.end() ? DnsCounts() : *was, dns));
  }
  health.address_conflict = ConflictText(snapshot);
  return health;
}

}  // namespace ntm::health
