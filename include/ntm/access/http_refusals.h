// Counts what the web server refuses and whom, for a metric and a line of log
// now and then, so that neither guessing nor flooding goes unseen or fills the
// log.
//
// Shape    per reason since the start; of the peers (an IPv4 address, the /64
//          of an IPv6 one) at most 64 since the last line.
// Threads  any.
// Errors   none.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>

namespace ntm {

enum class RefusalReason : uint8_t {
  kConnections,  // of one peer, or of all
  kRequests,     // at once
  kWebsockets,   // at once
  kMemory,       // for bodies
  kMalformed,    // not HTTP, or not as it should be
  kTooLarge,     // header or body
  kCredentials,  // missing or wrong: 401
  kGuesses,      // too many passwords: 429
  kForbidden,    // not for this peer, site or name: 403
};

class HttpRefusals {
 public:
  static constexpr size_t kReasons = 9;

  // `peer` as HttpRequest has it.
  void Note(RefusalReason reason, const std::string& peer);

  // ntm_http_refused_requests_total, each reason from the start on.
  prometheus::MetricFamily Family() const;

  // "5 requests refused: …", of those since the last call; "" if there was
  // none.
  std::string TakeLine();

 private:
  mutable std::mutex mutex_;
  // Guarded
  std::array<uint64_t, kReasons> total_{};
  std::array<uint64_t, kReasons> told_{};  // of total_
  std::map<std::string, uint64_t> peers_;  // since the last line
  uint64_t other_peers_ = 0;               // requests of those left out
};

}  // namespace ntm
