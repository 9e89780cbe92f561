#include "http_router.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cstddef>
#include <exception>
#include <optional>
#include <string_view>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {
namespace {

const char* StatusText(int status) {
  switch (status) {
    case 400:
      return "Bad Request";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 413:
      return "Content Too Large";
    case 426:
      return "Upgrade Required";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

// The segment of `path` that matches the braces in `pattern`; nothing if the
// path does not match, or the pattern has no braces.
std::optional<std::string_view> SegmentIn(std::string_view path,
                                          std::string_view pattern) {
  const size_t open = pattern.find('{');
  const size_t close = pattern.find('}');
  if (open == std::string_view::npos || close == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view before = pattern.substr(0, open);
  const std::string_view after = pattern.substr(close + 1);
  if (path.size() <= before.size() + after.size() ||
      !path.starts_with(before) || !path.ends_with(after)) {
    return std::nullopt;
  }
  const std::string_view segment =
      path.substr(before.size(), path.size() - before.size() - after.size());
  if (segment.find('/') != std::string_view::npos) return std::nullopt;
  return segment;
}

void Allow(const Route& route, std::vector<std::string_view>* methods) {
  const auto add = [methods](std::string_view method) {
    if (std::ranges::find(*methods, method) == methods->end()) {
      methods->push_back(method);
    }
  };
  add(route.method);
  if (route.method == "GET") add("HEAD");
}

}  // namespace

HttpResponse PlainAnswer(int status, const std::string& detail) {
  HttpResponse response;
  response.status = status;
  response.body = fmt::format("{} {}", status, StatusText(status));
  if (!detail.empty()) {
    response.body += ": " + detail;
  }
  response.body += '\n';
  return response;
}

HttpResponse RunHandler(const Route& route, const HttpRequest& request) {
  try {
    return route.handler(request);
  } catch (const Error& error) {
    spdlog::warn("http: {} {} failed: {}", route.method, route.path,
                 error.what());
    return PlainAnswer(500, error.what());
  } catch (const std::exception& error) {
    spdlog::error("http: {} {} failed: {}", route.method, route.path,
                  error.what());
  } catch (...) {
    spdlog::error("http: {} {} failed", route.method, route.path);
  }
  return PlainAnswer(500);
}

HttpRouter::Found HttpRouter::Find(HttpRequest* request) const {
  if (request->method == "HEAD") request->method = "GET";
  const Route* with_segment = nullptr;
  std::string_view found_segment;
  std::vector<std::string_view> allowed;
  for (const Route& route : routes_) {
    const auto segment = SegmentIn(request->path, route.path);
    const bool is_exact = !segment && route.path == request->path;
    if (!is_exact && !segment) continue;
    Allow(route, &allowed);
    if (route.method != request->method) continue;
    if (is_exact) return {&route, std::nullopt};
    if (with_segment == nullptr) {
      with_segment = &route;
      found_segment = *segment;
    }
  }
  if (with_segment != nullptr) {
    request->segment = found_segment;
    return {with_segment, std::nullopt};
  }
  if (allowed.empty()) return {nullptr, PlainAnswer(404)};
  HttpResponse response = PlainAnswer(405);
  response.headers.emplace_back("Allow",
                                fmt::format("{}", fmt::join(allowed, ", ")));
  return {nullptr, std::move(response)};
}

}  // namespace ntm
