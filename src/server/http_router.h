// Finds the route of a request, makes the 404 and 405 responses, and runs a
// route's handler.
//
// Shape    the path is already decoded, so a slash in a segment ends it, even
//          if it was percent-encoded. HEAD uses the route of GET.
// Threads  constant after construction; handlers run on the caller's thread.
// Errors   none thrown: see route.h for handlers that throw.
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
    const Route* route = nullptr;         // valid as long as the router
    std::optional<HttpResponse> refusal;  // iff there is no route
  };

  explicit HttpRouter(std::vector<Route> routes) : routes_(std::move(routes)) {}

  // Sets `request->segment`, and changes `request->method` from HEAD to GET.
  Found Find(HttpRequest* request) const;

 private:
  std::vector<Route> routes_;
};

// The handler's response, or a 500 response if it throws. The response to HEAD
// still has the body of GET.
HttpResponse RunHandler(const Route& route, const HttpRequest& request);

// A response of one line: "404 Not Found" or "503 …: detail".
HttpResponse PlainAnswer(int status, const std::string& detail = {});

}  // namespace ntm
