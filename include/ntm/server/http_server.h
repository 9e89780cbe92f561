// Serves routes over HTTP/1.0 and 1.1, and channels over WebSocket, on one or
// more addresses.
//
// Shape    asynchronous, on two threads of its own ("ntm-http", signals
//          blocked), where nothing waits: handlers run on two others
//          ("ntm-answer"), those that may block on two more ("ntm-disk"),
//          passwords are hashed on one ("ntm-password"). What is kOpen is
//          answered by the server's own, however busy the others are.
//          HEAD is answered for GET routes; unknown path 404, wrong
//          method 405 with Allow, malformed request 400, unknown transfer
//          coding 501. A text of 1 KiB or more is gzipped, piece by piece,
//          where the client accepts that (RFC 9110 section 12.5.3); such a
//          text has "Vary: Accept-Encoding" either way, added to the handler's
//          own Vary. Keep-alive, pipelining, "Expect: 100-continue".
//          A channel's path answers 426 to who does not upgrade.
//          Route, access and limits are judged by the header alone; a body is
//          taken after that.
// Limits   header 16 KiB (431), body 1 MiB (413), 16 MiB for all bodies (503);
//          connections and times as below. A client that is too slow is
//          disconnected.
// Threads  Start() and Stop() from one thread, not the server's; handlers run
//          on the threads named above.
// Errors   Bind() throws ntm::Error (address in use, not ours to bind …) with
//          the remedy, exit code 2 for an address that is none. A client's
//          faults never throw.
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

// What may be changed while the server runs.
struct HttpSecurity {
  std::optional<TlsSettings> tls;  // nothing: plain HTTP
  // With every answer, in place of what it says itself of these.
  std::map<std::string, std::string> headers;
};

struct HttpServerOptions {
  // "host:port", "[v6]:port" or ":port" (every address, IPv4 and IPv6);
  // port 0 takes a free one.
  std::vector<std::string> listen_addresses;
  bool systemd_socket = false;  // take the sockets of LISTEN_FDS instead

  // Who may have which route; null: everybody every one.
  std::shared_ptr<const AccessRule> access;
  HttpSecurity security;
  // What is refused is noted there; null: nowhere.
  std::shared_ptr<HttpRefusals> refusals;

  // Waiting for an answer or being given it at once; more get 503 with
  // Retry-After. Of what is kOpen there is no limit. 0: none at all.
  size_t max_requests = 40;

  // Open at once; more get 503 and are closed. Never more than the process may
  // have descriptors, less 128 for its other work. One peer has a share of
  // them, and some are kept for this machine and the local networks (see
  // connection_seats.h).
  size_t max_connections = 1024;

  // WebSocket connections among them; more get 503. 0: no limit.
  size_t max_websockets = 200;

  // For a request's header from its first byte (for the first one: from the
  // connection's begin) to its last.
  std::chrono::milliseconds header_timeout = std::chrono::seconds(10);
  // For a request's body to arrive, and for an answer to be taken.
  std::chrono::milliseconds transfer_timeout = std::chrono::seconds(30);
  // Between two requests of a connection, and for a WebSocket client to answer
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

  // Binds every address; binds none if it throws. Connections wait.
  void Bind();
  // Begins to answer; binds before that if Bind() was not called.
  void Start();
  // For connections from now on. Throws ntm::Error, and changes nothing, where
  // the certificate, the key or the choices cannot be used.
  void Set(const HttpSecurity& security);
  // Closes everything, in the middle of an answer, too; WebSocket clients are
  // told (1001) and have 100 ms to agree. Returns within 200 ms or as soon as
  // running handlers have returned. Safe to call twice and without Start().
  void Stop();

  // What it is bound to, as "192.0.2.1:8000" or "[::]:8000". Valid after
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
