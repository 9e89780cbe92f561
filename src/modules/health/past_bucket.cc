#include "past_bucket.h"

namespace ntm::health {
namespace {

void AddSent(const SentSegments& other, SentSegments* into) {
  into->segments += other.segments;
  into->retransmitted += other.retransmitted;
}

void AddAttempts(const Attempts& other, Attempts* into) {
  into->connections += other.connections;
  into->refused += other.refused;
  into->unanswered += other.unanswered;
  into->dns_questions += other.dns_questions;
  into->dns_failures += other.dns_failures;
  into->dns_unanswered += other.dns_unanswered;
}

}  // namespace

PastBucket BucketBetween(const Sums& before, const Sums& after,
                         double watched_seconds) {
  PastBucket bucket;
  bucket.begin_s = after.time_ns / kNsPerSecond;
  bucket.watched_seconds = watched_seconds;
  bucket.remote = TimeCounts(before.remote, after.remote);
  bucket.local = TimeCounts(before.local, after.local);
  bucket.dns = TimeCounts(before.dns, after.dns);
  bucket.up = SentSince(before.up, after.up);
  bucket.down = SentSince(before.down, after.down);
  bucket.attempts = AttemptsSince(before, after);
  return bucket;
}

void Merge(const PastBucket& other, PastBucket* into) {
  into->watched_seconds += other.watched_seconds;
  into->remote += other.remote;
  into->local += other.local;
  into->dns += other.dns;
  AddSent(other.up, &into->up);
  AddSent(other.down, &into->down);
  AddAttempts(other.attempts, &into->attempts);
}

PastBuckets Group(const PastBuckets& buckets, int64_t step_seconds) {
  PastBuckets groups;
  for (const PastBucket& bucket : buckets) {
    const int64_t begin_s = BeginOf(bucket.begin_s, step_seconds);
    if (groups.empty() || groups.back().begin_s != begin_s) {
      groups.emplace_back().begin_s = begin_s;
    }
    Merge(bucket, &groups.back());
  }
  return groups;
}

}  // namespace ntm::health
