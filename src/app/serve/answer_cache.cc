#include "answer_cache.h"

#include <algorithm>
#include <memory>
#include <utility>

namespace ntm {
namespace {

constexpr int kOk = 200;
constexpr char kJson[] = "application/json";
constexpr char kApi[] = "/api/";

// The lengths make the key unambiguous, whatever characters a query has.
std::string KeyOf(const HttpRequest& request) {
  std::string key = request.path;
  for (const auto& [name, value] : request.query) {
    for (const std::string& part : {name, value}) {
      key += '\n' + std::to_string(part.size()) + ' ' + part;
    }
  }
  return key;
}

HttpResponse Dated(HttpResponse response, std::chrono::nanoseconds left) {
  const auto seconds =
      std::chrono::duration_cast<std::chrono::seconds>(left).count();
  if (seconds < 1) return response;
  std::erase_if(response.headers, [](const auto& header) {
    return header.first == "Cache-Control";
  });
  response.headers.emplace_back("Cache-Control",
                                "private, max-age=" + std::to_string(seconds));
  return response;
}

}  // namespace

HttpResponse AnswerCache::Answer(
    const std::function<HttpResponse(const HttpRequest&)>& handler,
    const HttpRequest& request, TimePoint now) {
  const std::string key = KeyOf(request);
  {
    const std::scoped_lock lock(mutex_);
    const auto found = answers_.find(key);
    if (found != answers_.end() && now < found->second.until) {
      return Dated(found->second.response, found->second.until - now);
    }
  }
  HttpResponse response = handler(request);
  if (response.status != kOk || response.content_type != kJson ||
      response.rest != nullptr || response.body.size() > kMaxBytes) {
    return response;
  }
  const std::scoped_lock lock(mutex_);
  const auto old = answers_.find(key);
  if (old != answers_.end()) {
    bytes_ -= old->second.response.body.size();
    answers_.erase(old);
  }
  if (answers_.size() >= kMaxAnswers ||
      bytes_ + response.body.size() > kMaxBytes) {
    answers_.clear();
    bytes_ = 0;
  }
  bytes_ += response.body.size();
  answers_.emplace(key, Kept{response, now + keep_});
  return Dated(std::move(response), keep_);
}

std::vector<Route> WithAnswerCache(std::vector<Route> routes,
                                   std::chrono::milliseconds keep) {
  if (keep.count() == 0) return routes;
  const auto cache = std::make_shared<AnswerCache>(keep);
  for (Route& route : routes) {
    if (route.method != "GET" || !route.path.starts_with(kApi)) continue;
    route.handler = [cache, handler = std::move(route.handler)](
                        const HttpRequest& request) {
      return cache->Answer(handler, request, std::chrono::steady_clock::now());
    };
  }
  return routes;
}

}  // namespace ntm
