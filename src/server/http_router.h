// Finds a request's route, answers for those that have none, and runs a route's
// handler.
//
// Shape    the path comes decoded, so a slash in a segment ends it, escaped or
//          not. A HEAD request takes the route of GET.
// Threads  constant after construction; handlers run on the caller's thread.
// Errors   none leave it: see route.h for handlers that throw.
// Source   RFC 9110 sections 9.3.2 (HEAD), 15.5.5 (404), 15.5.6 (405).
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ntm/http/route.h"

namespace ntm {

class HttpRouter {
 public:
  struct Found {
    const Route* route = nullptr;         // lives as long as the router
    std::optional<HttpResponse> refusal;  // iff there is no route
  };

  explicit HttpRouter(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // `request->method` comes as the client sent it, and becomes the route's,
  // `request->segment` what the path has there.
  Found Find(HttpRequest* request) const;

 private:
  std::vector<Route> routes_;
};

// What the route's handler answers, or what is answered where it fails. What
// answers HEAD has the body that GET would have.
HttpResponse RunHandler(const Route& route, const HttpRequest& request);

// An answer of one line: "404 Not Found" or "503 …: detail".
HttpResponse PlainAnswer(int status, const std::string& detail = {});

}  // namespace ntm
