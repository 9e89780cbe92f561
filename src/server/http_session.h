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
#include "ntm/access/connection_slots.h"
#include "ntm/access/http_refusals.h"
#include "ntm/access/request_permit.h"
#include "ntm/http/channel.h"
#include "ntm/server/http_server.h"
#include "tls_context.h"
#include "workers.h"

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
  Workers& answering;
  Workers& disk;       // for routes that may block
  Workers& passwords;  // for hashing them

  // Synchronised by itself
  ConnectionSlots seats;

  // Guarded
  mutable std::mutex security_mutex{};
  std::shared_ptr<const ConnectionSecurity> security{};

  // Atomic
  std::atomic<size_t> farewells = 0;   // connections being sent away
  std::atomic<size_t> requests = 0;    // waiting for or getting an answer
  std::atomic<size_t> websockets = 0;  // of the connections
  std::atomic<size_t> hashes = 0;      // passwords that wait to be hashed
  std::atomic<size_t> body_bytes = 0;  // of all requests

  void Note(RefusalReason reason, const std::string& peer) const {
    if (options.refusals) options.refusals->Note(reason, peer);
  }

  void Set(const HttpSecurity& wanted);
  std::shared_ptr<const ConnectionSecurity> Security() const;

  // The channel at that path; nullptr for none.
  std::shared_ptr<Channel> ChannelAt(const std::string& path) const;
};

// Connections that are sent away at once, a second each at most; more are told
// so without waiting whether they hear it.
inline constexpr size_t kFarewells = 64;

// `context` must outlive the socket's io_context.
void ServeConnection(boost::asio::ip::tcp::socket socket, ConnectionSlot permit,
                     HttpContext& context);

// Answers 503, whatever is asked, and closes.
void SendAway(boost::asio::ip::tcp::socket socket, HttpContext& context);

// The other end's, as HttpRequest has it; "" if it is gone.
std::string PeerAddress(const boost::asio::ip::tcp::socket& socket);

}  // namespace ntm
