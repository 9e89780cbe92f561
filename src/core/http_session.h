// Serves one connection: reads requests, has them answered, writes answers.
//
// Shape    a coroutine on the connection's strand; ends with the connection.
// Threads  any thread that runs the socket's io_context.
// Errors   none leave it; a faulty client is answered where that is possible
//          and disconnected.
// Source   RFC 9112 sections 3.2 (Host), 6 (framing), 9.3 and 9.6 (keeping
//          and closing connections).
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <atomic>
#include <boost/asio/ip/tcp.hpp>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "http_router.h"
#include "ntm/channel.h"
#include "ntm/http_server.h"
#include "seat.h"
#include "tls_context.h"

namespace ntm {

// What a connection has from its begin to its end.
struct ConnectionSecurity {
  TlsContext tls;  // null: plain HTTP
  std::map<std::string, std::string> headers;
};

// What all connections of a server share.
struct HttpContext {
  // Constant after construction
  HttpServerOptions options;
  HttpRouter router;
  std::vector<std::shared_ptr<Channel>> channels;
  size_t connection_limit;

  // Guarded
  mutable std::mutex security_mutex{};
  std::shared_ptr<const ConnectionSecurity> security{};

  // Atomic
  std::atomic<size_t> connections = 0;
  std::atomic<size_t> requests = 0;    // being answered
  std::atomic<size_t> websockets = 0;  // of the connections

  void Set(const HttpSecurity& wanted);
  std::shared_ptr<const ConnectionSecurity> Security() const;

  // The channel at that path; nullptr for none.
  std::shared_ptr<Channel> ChannelAt(const std::string& path) const;
};

// `context` must outlive the socket's io_context.
void ServeConnection(boost::asio::ip::tcp::socket socket, Seat seat,
                     HttpContext& context);

}  // namespace ntm
