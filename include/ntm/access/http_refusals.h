// Counts refused requests for a metric and for an occasional log line, so that
// password guessing and flooding are seen but do not fill the log.
//
// Shape    counts per reason since the start, and per peer (peer.h) since the
//          last log line, for at most 64 peers.
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
  kConnections,  // too many, from one peer or in total
  kRequests,     // too many at once
  kWebsockets,   // too many at once
  kMemory,       // too much memory for request bodies
  kMalformed,    // not valid HTTP
  kTooLarge,     // header or body
  kCredentials,  // missing or wrong: 401
  kGuesses,      // too many passwords tried: 429
  kForbidden,    // not for this peer, site or host name: 403
};

class HttpRefusals {
 public:
  static constexpr size_t kReasons = 9;

  // `peer` is HttpRequest::peer_address.
  void Note(RefusalReason reason, const std::string& peer);

  // ntm_http_refused_requests_total; every reason is present, even at 0.
  prometheus::MetricFamily Family() const;

  // "5 requests refused: …", for those since the last call; "" if there were
  // none.
  std::string TakeLine();

 private:
  mutable std::mutex mutex_;
  // Guarded
  std::array<uint64_t, kReasons> total_{};
  std::array<uint64_t, kReasons> logged_{};  // total_ at the last line
  std::map<std::string, uint64_t> peers_;    // since the last line
  uint64_t other_peers_ = 0;  // requests from peers not in peers_
};

}  // namespace ntm
