// What an HTTP handler is given and gives back.
//
// Threads  handlers run on threads of the server's, several at a time, and must
//          not wait on disk or network, unless their route says so.
// Errors   a handler may throw: ntm::Error gives 500 with its message, any
//          other exception 500 without.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ntm {

struct HttpRequest {
  std::string method;   // "GET", "POST"; a HEAD request comes as "GET"
  std::string path;     // decoded, without the query
  std::string segment;  // what stands in the path where the route has {…}
  // Decoded; of a repeated name the first.
  std::map<std::string, std::string> query;
  // Decoded, all of them in their order.
  std::vector<std::pair<std::string, std::string>> parameters;
  // Names in lower case; repeated ones joined with ", ".
  std::map<std::string, std::string> headers;
  std::string body;
  std::string peer_address;  // as inet_ntop writes it; mapped IPv4 as IPv4

  // The header's value, or "" if there is none. `name` in lower case.
  std::string Header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? std::string() : found->second;
  }
  // The query's value, which may be ""; nothing if there is none.
  std::optional<std::string> Parameter(const std::string& name) const {
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second;
  }
  // Each of the query's values of that name.
  std::vector<std::string> Parameters(const std::string& name) const {
    std::vector<std::string> values;
    for (const auto& [own_name, value] : parameters) {
      if (own_name == name) values.push_back(value);
    }
    return values;
  }
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Who may take a route. The rules are access_rule.h's; a route that says
// nothing has the strict one of its method.
enum class Access : uint8_t {
  kByMethod,  // GET: kNames; any other: kWrite
  // Everybody, always: tells neither a name nor an address.
  kOpen,
  // Whoever has the credentials, where users are configured; else everybody.
  kMetrics,
  // Shows who talks to whom: credentials, or a peer of this site where none
  // are configured.
  kNames,
  // Calculates from what it is sent and changes nothing: as kNames.
  kCompute,
  // Changes what is kept: needs a token, from this machine as well.
  kWrite,
  // Sets something going that leaves nothing behind: a token where there are
  // any, else for this machine alone.
  kControl,
  // Asks for credentials of its own, in its handler.
  kOwn,
};

struct Route {
  std::string method;  // "GET" (serves HEAD too) or "POST"
  // Exact, or with one segment in braces that stands for any one that is not
  // empty: "/api/traffic/{id}/current". A route with the exact path goes first.
  std::string path;
  std::string help;  // one line for the landing page; "" hides it
  std::function<HttpResponse(const HttpRequest&)> handler;
  Access access = Access::kByMethod;
  // Reads a disk or waits for another thread: it then runs where only its like
  // have to wait for it. What is kOpen must not.
  bool may_block = false;
  // Of kOwn: what refuses the request by its header alone, before its body is
  // taken; nothing if the handler shall see it. Must not wait.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> judge = {};
};

// What stands there, or for kByMethod what that comes to.
inline Access AccessOf(const Route& route) {
  if (route.access != Access::kByMethod) return route.access;
  return route.method == "GET" ? Access::kNames : Access::kWrite;
}

}  // namespace ntm
