// Serves routes over HTTP/1.0 and 1.1, and channels over WebSocket, on one or
// more addresses.
//
// Shape    asynchronous, on two threads ("ntm-http", signals blocked) that
//          never block. Handlers run on two other threads ("ntm-answer"),
//          handlers that may block on two more ("ntm-disk"), and passwords are
//          hashed on one ("ntm-password"). Routes with kOpen are answered on
//          "ntm-http", however busy the others are.
//          HEAD works for GET routes; unknown path 404, wrong method 405 with
//          Allow, malformed request 400, unknown transfer coding 501. Text of
//          1 KiB or more is gzipped, in pieces, if the client accepts it (RFC
//          9110 section 12.5.3); such text always has "Vary: Accept-Encoding",
//          added to the handler's own Vary. Keep-alive, pipelining, "Expect:
//          100-continue". A channel's path answers 426 to a request without
//          Upgrade.
//          Route, access and limits are checked by the header; the body is read
//          only after that.
// Limits   header 16 KiB (431), body 1 MiB (413), 16 MiB for all bodies (503);
//          connections and timeouts as below. A client that is too slow is
//          disconnected.
// Threads  Start() and Stop() from one thread, not one of the server's;
//          handlers run on the threads named above.
// Errors   Bind() throws ntm::Error (address in use, no permission …) with the
//          remedy; exit code 2 for a malformed address. Errors of clients never
//          throw.
// Source   RFC 9110, RFC 9112; sd_listen_fds(3).
#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ntm/access/access_rule.h"
#include "ntm/access/http_refusals.h"
#include "ntm/http/channel.h"
#include "ntm/http/route.h"
#include "ntm/http/tls_settings.h"

namespace ntm {

// Settings that can be changed while the server runs.
struct HttpSecurity {
  std::optional<TlsSettings> tls;  // nothing: plain HTTP
  // Added to every response; they replace the response's own headers.
  std::map<std::string, std::string> headers;
};

struct HttpServerOptions {
  // "host:port", "[v6]:port" or ":port" (every address, IPv4 and IPv6);
  // port 0 means any free port.
  std::vector<std::string> listen_addresses;
  bool systemd_socket = false;  // use the sockets of LISTEN_FDS instead

  // Who may use which route; null: everybody every route.
  std::shared_ptr<const AccessRule> access;
  HttpSecurity security;
  // Counts refused requests; null: they are not counted.
  std::shared_ptr<HttpRefusals> refusals;

  // Requests that wait for a response or are being answered; more get 503 with
  // Retry-After. Requests for kOpen do not count. 0: no limit.
  size_t max_requests = 40;

  // Open connections; more get 503 and are closed. At most the process's limit
  // of file descriptors minus 128 for other uses. One peer may have a share of
  // them, and some are reserved for this machine and the local networks (see
  // connection_slots.h).
  size_t max_connections = 1024;

  // WebSocket connections among them; more get 503. 0: no limit.
  size_t max_websockets = 200;

  // From the first byte of a request's header (for the first request: from the
  // start of the connection) to its last.
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);
  // For reading a request's body, and for writing a response.
  std::chrono::milliseconds transfer_timeout = std::chrono::seconds(30);
  // Between two requests of a connection, and until a WebSocket client answers
  // a ping.
  std::chrono::milliseconds idle_timeout = std::chrono::seconds(60);
};

class HttpServer {
 public:
  HttpServer(HttpServerOptions options, std::vector<Route> routes,
             std::vector<std::shared_ptr<Channel>> channels = {});
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds every address, or none if it throws. Clients can connect from now on,
  // but wait for Start().
  void Bind();
  // Starts to accept connections; calls Bind() if that was not done.
  void Start();
  // Takes effect for new connections. Throws ntm::Error, and changes nothing,
  // if the certificate, the key or another setting cannot be used.
  void Set(const HttpSecurity& security);
  // Closes all connections, even in the middle of a response; WebSocket clients
  // get a close frame (1001) and have 100 ms to reply. Returns within 200 ms,
  // or as soon as the running handlers have returned. Safe to call twice and
  // without Start().
  void Stop();

  // The bound addresses, such as "192.0.2.1:8000" or "[::]:8000". Valid after
  // Bind().
  std::vector<std::string> addresses() const;

 private:
  class Server;

  // Constant after construction
  HttpServerOptions options_;
  std::vector<Route> routes_;
  std::vector<std::shared_ptr<Channel>> channels_;

  std::unique_ptr<Server> server_;  // between Start() and Stop()
};

}  // namespace ntm
