// Finds a request's route, runs its handler and answers for those that have
// none or fail.
//
// Shape    the path comes decoded, so a slash in a segment ends it, escaped or
//          not. A HEAD request takes the route of GET.
// Threads  constant after construction; handlers run on the caller's thread.
// Errors   none leave it: see route.h for handlers that throw.
// Source   RFC 9110 sections 9.3.2 (HEAD), 15.5.5 (404), 15.5.6 (405).
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ntm/access_rule.h"
#include "ntm/route.h"

namespace ntm {

class HttpRouter {
 public:
  // Without a rule everybody has every route.
  explicit HttpRouter(std::vector<Route> routes,
                      std::shared_ptr<const AccessRule> access = nullptr);

  // `request.method` as the client sent it. What answers HEAD has the body
  // that GET would have.
  HttpResponse Answer(HttpRequest request) const;

 private:
  HttpResponse Serve(const Route& route, const HttpRequest& request) const;

  std::vector<Route> routes_;
  std::shared_ptr<const AccessRule> access_;
};

// An answer of one line: "404 Not Found" or "503 …: detail".
HttpResponse PlainAnswer(int status, const std::string& detail = {});

}  // namespace ntm
