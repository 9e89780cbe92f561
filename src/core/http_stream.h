// The bytes of one connection, with or without TLS. Only for the HTTP server:
// it includes Beast.
//
// Shape    a stream as Asio and Beast take it; which of the two it is is known
//          when it is made. Moved from, it may only be destroyed.
// Threads  on the connection's strand.
// Source   RFC 8446.
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <memory>
#include <utility>

#include "tls_context.h"

namespace ntm {

class HttpStream {
 public:
  using Plain = boost::beast::tcp_stream;
  using Tls = boost::beast::ssl_stream<Plain>;
  using executor_type = Plain::executor_type;
  using next_layer_type = Plain;

  // Without TLS where `context` is null.
  HttpStream(boost::asio::ip::tcp::socket socket, const TlsContext& context) {
    if (context) {
      tls_ = std::make_unique<Tls>(Plain(std::move(socket)), *context);
    } else {
      plain_ = std::make_unique<Plain>(std::move(socket));
    }
  }

  executor_type get_executor() { return next_layer().get_executor(); }

  // The TCP stream beneath, which has the time limits.
  Plain& next_layer() { return tls_ ? tls_->next_layer() : *plain_; }
  const Plain& next_layer() const {
    return tls_ ? tls_->next_layer() : *plain_;
  }

  // Null without TLS.
  Tls* tls() { return tls_.get(); }

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_read_some(buffers, std::forward<Token>(token))
                : plain_->async_read_some(buffers, std::forward<Token>(token));
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return tls_ ? tls_->async_write_some(buffers, std::forward<Token>(token))
                : plain_->async_write_some(buffers, std::forward<Token>(token));
  }

 private:
  std::unique_ptr<Plain> plain_;
  std::unique_ptr<Tls> tls_;
};

// What Beast's WebSocket calls at a connection's end.
inline void teardown(boost::beast::role_type role, HttpStream& stream,
                     boost::beast::error_code& error) {
  using boost::beast::websocket::teardown;
  if (stream.tls() != nullptr) {
    teardown(role, *stream.tls(), error);
  } else {
    teardown(role, stream.next_layer(), error);
  }
}

template <class Handler>
void async_teardown(boost::beast::role_type role, HttpStream& stream,
                    Handler&& handler) {
  using boost::beast::websocket::async_teardown;
  if (stream.tls() != nullptr) {
    async_teardown(role, *stream.tls(), std::forward<Handler>(handler));
  } else {
    async_teardown(role, stream.next_layer(), std::forward<Handler>(handler));
  }
}

}  // namespace ntm
