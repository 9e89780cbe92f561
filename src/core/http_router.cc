#include "http_router.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <exception>
#include <string_view>
#include <utility>

#include "ntm/error.h"

namespace ntm {
namespace {

std::string_view Served(std::string_view method) {
  return method == "HEAD" ? "GET" : method;
}

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

HttpResponse Run(const Route& route, const HttpRequest& request) {
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

HttpRouter::HttpRouter(std::vector<Route> routes)
    : routes_(std::move(routes)) {}

HttpResponse HttpRouter::Answer(HttpRequest request) const {
  request.method = Served(request.method);
  std::string allowed;
  for (const Route& route : routes_) {
    if (route.path != request.path) {
      continue;
    }
    if (route.method == request.method) {
      return Run(route, request);
    }
    allowed += (allowed.empty() ? "" : ", ") + route.method;
    if (route.method == "GET") {
      allowed += ", HEAD";
    }
  }
  if (allowed.empty()) {
    return PlainAnswer(404);
  }
  HttpResponse response = PlainAnswer(405);
  response.headers.emplace_back("Allow", allowed);
  return response;
}

}  // namespace ntm
