// Reads the requests of one connection and checks that they are well-formed.
// Only for http_session.cc, because it includes Beast.
//
// Shape    for each request ReadHeader(), then ReadBody(), then Release().
//          Bytes that were read after a request (pipelining) stay in the
//          buffer.
// Limits   header 16 KiB (431), body 1 MiB (413), 16 MiB for the bodies of all
//          connections (503).
// Threads  on the connection's strand.
// Errors   none thrown: a function returns the status for the client, or kGone.
// Source   RFC 9112 sections 2.2 (line ends), 3.2 (Host), 5.2 (folded lines), 6
//          (framing), 9.6 (closing).
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <atomic>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/string.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http_stream.h"
#include "ntm/http/route.h"
#include "ntm/server/http_server.h"

namespace ntm {

using HttpMessage =
    boost::beast::http::request<boost::beast::http::string_body>;

// Returned instead of a status if the connection has ended.
inline constexpr int kGone = -1;

inline std::string_view View(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

// One request's part of the memory for the bodies of all requests.
class BodyMemory {
 public:
  // `total_bytes` counts the bodies of all requests, and must outlive this.
  explicit BodyMemory(std::atomic<size_t>& total_bytes)
      : total_bytes_(total_bytes) {}
  BodyMemory(const BodyMemory&) = delete;
  BodyMemory& operator=(const BodyMemory&) = delete;
  ~BodyMemory() { Release(); }

  // Returns false, and changes nothing, if all bodies would be too large.
  bool GrowTo(size_t bytes);
  void Release() { total_bytes_ -= std::exchange(own_bytes_, 0); }

 private:
  std::atomic<size_t>& total_bytes_;
  size_t own_bytes_ = 0;
};

class RequestReader {
 public:
  // Both must outlive this.
  RequestReader(HttpStream& stream, const HttpServerOptions& options)
      : stream_(stream), options_(options) {}

  // Waits for the next request's first bytes, unless they are in the buffer.
  // Returns false if the connection ends or the idle timeout expires.
  boost::asio::awaitable<bool> AwaitRequest();

  // Each returns 0, the status for what is wrong, or kGone.
  boost::asio::awaitable<int> ReadHeader();
  boost::asio::awaitable<int> ReadBody(BodyMemory& memory);

  // REQUIRES: ReadHeader() has returned 0.
  const HttpMessage& message() const { return parser_->get(); }
  bool is_complete() const { return parser_->is_done(); }
  // The request without its body; nothing if the target is malformed.
  std::optional<HttpRequest> Request() const;
  // REQUIRES: is_complete().
  HttpMessage Release() { return parser_->release(); }
  // Frees the memory of a request that is not used.
  void Discard() { parser_.reset(); }

  // Sends a FIN, then reads until the client closes or `limit` expires, so that
  // the last response is not lost by a reset (RFC 9112 section 9.6).
  boost::asio::awaitable<void> Drain(std::chrono::milliseconds limit);

 private:
  void ExpireAfter(std::chrono::milliseconds time) {
    stream_.next_layer().expires_after(time);
  }
  std::string_view Buffered() const {
    return {static_cast<const char*>(buffer_.cdata().data()),
            buffer_.cdata().size()};
  }
  // Sends "100 Continue" if the client waits for it; returns false on an error.
  boost::asio::awaitable<bool> AskForBody();

  HttpStream& stream_;
  const HttpServerOptions& options_;

  boost::beast::flat_buffer buffer_;  // read, but not parsed yet
  std::optional<
      boost::beast::http::request_parser<boost::beast::http::string_body>>
      parser_;
};

}  // namespace ntm
