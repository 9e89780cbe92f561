// Reuses answers of the JSON API for a while (--api-cache), so that many who
// look at once cost as much as one.
//
// Shape    what was answered with 200, by path and query; at most kMaxAnswers,
//          which hold at most kMaxBytes: where there would be more, it begins
//          anew. A client is told how long it may keep what is left of that.
//          Two who ask for the same at the same time may both be the first.
// Threads  any number at once.
// Errors   none of its own; what a handler throws is the caller's.
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

  // Answers are reused until they are so old.
  explicit AnswerCache(std::chrono::milliseconds keep) : keep_(keep) {}

  // What the handler answers now, or has answered a while ago.
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

// The GET routes under /api/ with such a cache before them; all routes as they
// are with 0.
std::vector<Route> WithAnswerCache(std::vector<Route> routes,
                                   std::chrono::milliseconds keep);

}  // namespace ntm
