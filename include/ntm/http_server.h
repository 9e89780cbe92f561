// Serves routes over HTTP/1.1 on one or more addresses.
//
// Shape    asynchronous, on two threads of its own. HEAD is answered for GET
//          routes; unknown path 404, wrong method 405 with Allow; a body worth
//          it is gzipped where the client accepts that (RFC 9110 section
//          12.5.3). Keep-alive; header at most 16 KiB, body 1 MiB, a header
//          must arrive within 10 s and an answer be taken within 30 s.
// Threads  Start() and Stop() from one thread; handlers run on the server's.
// Errors   Start() throws ntm::Error (address in use, not ours to bind …) with
//          the remedy. A client's faults never throw.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ntm/route.h"

namespace ntm {

struct HttpServerOptions {
  // "host:port", "[v6]:port" or ":port" (every address, IPv4 and IPv6);
  // port 0 takes a free one.
  std::vector<std::string> listen_addresses;
  bool systemd_socket = false;  // take the sockets of LISTEN_FDS instead
  size_t max_requests = 40;     // handled at once; more get 503; 0: no limit
};

class HttpServer {
 public:
  HttpServer(HttpServerOptions options, std::vector<Route> routes);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  // Binds every address and begins to answer.
  void Start();
  // Closes everything; returns within 100 ms. Safe to call twice.
  void Stop();

  // What it is bound to, as "192.0.2.1:8000" or "[::]:8000". Valid after
  // Start().
  std::vector<std::string> addresses() const;

 private:
  class Server;
  std::unique_ptr<Server> server_;
};

}  // namespace ntm
