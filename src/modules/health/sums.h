// The counters of a snapshot, summed up over services and name servers.
//
// Units    segments, connections, questions; ns since the epoch.
// Threads  a pure function on values.
#pragma once

#include <cstdint>
#include <vector>

#include "ntm/conversation/latency_histogram.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"

namespace ntm::health {

// Since the start.
struct Sums {
  int64_t time_ns = 0;
  LatencyHistogram remote;
  LatencyHistogram local;
  LatencyHistogram dns;
  SentSegments up;
  SentSegments down;
  uint64_t established = 0;
  uint64_t refused = 0;
  uint64_t unanswered = 0;
  uint64_t dns_answers = 0;
  uint64_t dns_failures = 0;  // answers that are errors
  uint64_t dns_unanswered = 0;
  std::vector<ServiceHealth> services;
};

Sums SumsOf(const Snapshot& snapshot);

// What was attempted in a time, and what of it failed.
struct Attempts {
  uint64_t connections = 0;
  uint64_t refused = 0;
  uint64_t unanswered = 0;
  uint64_t dns_questions = 0;  // that were answered, or not in time
  uint64_t dns_failures = 0;
  uint64_t dns_unanswered = 0;
};
Attempts AttemptsSince(const Sums& before, const Sums& after);

// Answers that say that the server could not answer: neither NOERROR nor
// NXDOMAIN.
uint64_t FailuresOf(const DnsCounts& dns) noexcept;
uint64_t AnswersOf(const DnsCounts& dns) noexcept;

SentSegments SentSince(const SentSegments& before, const SentSegments& after);
AnswerTimes TimesSince(const LatencyHistogram& before,
                       const LatencyHistogram& after);

}  // namespace ntm::health
