// Defines the routes of the HTTP server, and the requests and responses of
// their handlers.
//
// Threads  handlers run on the server's threads, several at a time. They must
//          not wait for disk or network unless their route has may_block.
// Errors   a handler may throw: ntm::Error gives 500 with its message, any
//          other exception 500 without one.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ntm {

struct HttpRequest {
  std::string method;   // "GET", "POST"; a HEAD request comes as "GET"
  std::string path;     // decoded, without the query
  std::string segment;  // the part of the path that matches the route's {…}
  // Decoded query parameters; for a repeated name the first value.
  std::map<std::string, std::string> query;
  // All decoded query parameters, in their order.
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
  // The parameter's value, which may be ""; nothing if it is absent.
  std::optional<std::string> Parameter(const std::string& name) const {
    const auto found = query.find(name);
    if (found == query.end()) return std::nullopt;
    return found->second;
  }
  // All values of the parameter.
  std::vector<std::string> Parameters(const std::string& name) const {
    std::vector<std::string> values;
    for (const auto& [own_name, value] : parameters) {
      if (own_name == name) values.push_back(value);
    }
    return values;
  }
};

// The rest of a body, produced piece by piece while the client receives it.
//
// Threads  one call at a time, on the server's threads; the same rules as for
//          handlers. A piece should take less than a millisecond.
// Errors   Next() may throw: the connection then ends in such a way that the
//          client knows the body to be incomplete.
class BodyStream {
 public:
  virtual ~BodyStream() = default;
  // Replaces `piece` by the next piece, in the same memory if it has room.
  // Returns false if this is the last one.
  virtual bool Next(std::string* piece) = 0;
};

struct HttpResponse {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;
  // Not null: what follows `body`. The response is chunked; in HTTP/1.0, which
  // has no chunks, it ends with the connection.
  std::shared_ptr<BodyStream> rest = nullptr;
};

// Who may use a route. access_rule.h has the exact rules; the default is the
// strict class for the route's method.
enum class Access : uint8_t {
  kByMethod,  // GET: kNames; any other: kWrite
  // Everybody, always. Its responses contain neither a name nor an address.
  kOpen,
  // With credentials if users are configured; else everybody.
  kMetrics,
  // Shows addresses or names of hosts: with credentials or, if none are
  // configured, from the local networks.
  kNames,
  // Computes from the request and changes nothing: as kNames.
  kCompute,
  // Changes stored data: needs a token, even from this machine.
  kWrite,
  // Starts an action but changes no stored data: needs a token if any is
  // configured, else only from this machine.
  kControl,
  // The handler checks credentials of its own.
  kOwn,
};

struct Route {
  std::string method;  // "GET" (serves HEAD too) or "POST"
  // Exact, or with one segment in braces that matches any segment but an empty
  // one: "/api/traffic/{id}/current". A route with the exact path wins.
  std::string path;
  std::string help;  // one line for the landing page; "" hides it
  std::function<HttpResponse(const HttpRequest&)> handler;
  Access access = Access::kByMethod;
  // The handler reads a disk or waits for another thread. Such handlers have
  // threads of their own, so that they delay no others. Not with kOpen.
  bool may_block = false;
  // For kOwn: refuses the request by its header, before its body is read; the
  // handler runs if this returns nothing. Must not block.
  std::function<std::optional<HttpResponse>(const HttpRequest&)> judge = {};
};

// The route's access class, with kByMethod resolved.
inline Access AccessOf(const Route& route) {
  if (route.access != Access::kByMethod) return route.access;
  return route.method == "GET" ? Access::kNames : Access::kWrite;
}

}  // namespace ntm
