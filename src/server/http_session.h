// Serves one HTTP connection: checks access and limits of each request, runs
// its handler and sends the response. request_reader.h reads the requests.
//
// Shape    a coroutine on the connection's strand; ends with the connection.
// Threads  any thread that runs the socket's io_context.
// Errors   none thrown; a client that sends a malformed request gets a
//          response, if possible, and is disconnected.
// Source   RFC 9112 sections 9.3 (persistence) and 9.6 (closing).
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
#include "ntm/access/connection_slots.h"
#include "ntm/access/http_refusals.h"
#include "ntm/access/request_permit.h"
#include "ntm/http/channel.h"
#include "ntm/server/http_server.h"
#include "tls_context.h"
#include "workers.h"

namespace ntm {

// The security settings of a connection; they do not change while it is open.
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
  Workers& answering;
  Workers& disk;       // for routes that may block
  Workers& passwords;  // for hashing

  // Thread-safe
  ConnectionSlots slots;

  // Guarded
  mutable std::mutex security_mutex{};
  std::shared_ptr<const ConnectionSecurity> security{};

  // Atomic
  std::atomic<size_t> refused_connections = 0;  // that get a 503 now
  std::atomic<size_t> requests = 0;    // waiting for a response or getting it
  std::atomic<size_t> websockets = 0;  // connections
  std::atomic<size_t> hashes = 0;      // passwords waiting to be hashed
  std::atomic<size_t> body_bytes = 0;  // of all requests

  void Note(RefusalReason reason, const std::string& peer) const {
    if (options.refusals) options.refusals->Note(reason, peer);
  }

  void Set(const HttpSecurity& wanted);
  std::shared_ptr<const ConnectionSecurity> Security() const;

  // The channel at the path, or nullptr.
  std::shared_ptr<Channel> ChannelAt(const std::string& path) const;
};

// Refused connections that are open at the same time, for at most a second
// each. Any more are closed right after the 503 is written.
inline constexpr size_t kMaxRefusedConnections = 64;

// `context` must outlive the socket's io_context.
void ServeConnection(boost::asio::ip::tcp::socket socket, ConnectionSlot slot,
                     HttpContext& context);

// Answers 503 to any request and closes the connection.
void RefuseConnection(boost::asio::ip::tcp::socket socket,
                      HttpContext& context);

// The peer's address in the form of HttpRequest::peer_address; "" if it has
// disconnected.
std::string PeerAddress(const boost::asio::ip::tcp::socket& socket);

}  // namespace ntm
