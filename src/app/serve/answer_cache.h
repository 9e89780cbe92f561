// Caches responses of the JSON API for a short time (--api-cache), so that many
// clients cost as much as one. For users of the programs that ntm replaces,
// which cache (docs/migration.md).
//
// Shape    responses with status 200, by path and query; at most kMaxAnswers
//          with kMaxBytes in total. When it is full, all are removed.
//          Cache-Control tells the client the remaining time. Two simultaneous
//          requests for the same path may both run the handler.
// Threads  any number at once.
// Errors   none of its own; exceptions of a handler are passed on.
// Source   RFC 9111 section 5.2.2.1 (max-age, whole seconds).
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "ntm/http/route.h"

namespace ntm {

class AnswerCache {
 public:
  using TimePoint = std::chrono::steady_clock::time_point;
  static constexpr size_t kMaxAnswers = 256;
  static constexpr size_t kMaxBytes = size_t{8} << 20;

  // Responses are reused for the time `keep`.
  explicit AnswerCache(std::chrono::milliseconds keep) : keep_(keep) {}

  // Returns a cached response, or calls the handler.
  HttpResponse Answer(
      const std::function<HttpResponse(const HttpRequest&)>& handler,
      const HttpRequest& request, TimePoint now);

 private:
  struct Kept {
    HttpResponse response;
    TimePoint until;
  };

  const std::chrono::milliseconds keep_;
  std::mutex mutex_;
  std::map<std::string, Kept> answers_;  // guarded
  size_t bytes_ = 0;                     // guarded
};

// Adds a cache to the GET routes below /api/, unless `keep` is 0.
std::vector<Route> WithAnswerCache(std::vector<Route> routes,
                                   std::chrono::milliseconds keep);

}  // namespace ntm
