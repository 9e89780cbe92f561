// Fuzzes a request's header: target, Host, Origin, credentials, accepted types.
// The first line is the target, each other line is "name: value".
#include <sstream>

#include "fuzz.h"
#include "ntm/access/access_rule.h"
#include "ntm/exposition/accept_header.h"
#include "server/http_router.h"
#include "server/request_target.h"

namespace {

ntm::AccessSettings Settings() {
  ntm::AccessSettings settings;
  settings.tokens = {ntm::DigestOf("a token that nobody guesses: 5d2a9e")};
  return settings;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const auto kOpen =
      std::make_shared<const ntm::AccessRule>(ntm::AccessSettings{});
  static const auto kClosed =
      std::make_shared<const ntm::AccessRule>(Settings());
  static const auto kAnswer = [](const ntm::HttpRequest&) {
    return ntm::HttpResponse();
  };
  static const ntm::HttpRouter kRouter({{"GET", "/a", "", kAnswer},
                                        {"POST", "/a/{id}/b", "", kAnswer},
                                        {"DELETE", "/a/{id}", "", kAnswer}});
  std::istringstream lines(ntm::fuzz::Text(data, size));
  std::string line;
  std::getline(lines, line);
  const auto target = ntm::ParseTarget(line);
  if (!target) return 0;
  ntm::HttpRequest request;
  request.path = target->path;
  request.query = target->query;
  request.peer_address = "203.0.113.9";
  while (std::getline(lines, line)) {
    const size_t colon = line.find(": ");
    if (colon == std::string::npos) continue;
    request.headers[line.substr(0, colon)] = line.substr(colon + 2);
  }
  ntm::ParseAccept(request.Header("accept"));
  for (const char* method : {"GET", "POST", "DELETE", "HEAD"}) {
    request.method = method;
    const auto found = kRouter.Find(&request);
    if (found.route == nullptr) continue;
    for (const auto& rule : {kOpen, kClosed}) {
      // A remote peer without credentials is always refused.
      if (!rule->Judge(*found.route, request).refusal) __builtin_trap();
    }
  }
  return 0;
}
