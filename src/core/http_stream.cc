#include "http_stream.h"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/ssl/stream_base.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <boost/beast/websocket/ssl.hpp>
#include <boost/beast/websocket/teardown.hpp>

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

}  // namespace

struct HttpStream::Tls {
  beast::ssl_stream<Plain> stream;
};

HttpStream::HttpStream(asio::ip::tcp::socket socket,
                       const TlsContext& context) {
  if (context) {
    tls_.reset(new Tls{{Plain(std::move(socket)), *context}});
    plain_ = &tls_->stream.next_layer();
  } else {
    own_ = std::make_unique<Plain>(std::move(socket));
    plain_ = own_.get();
  }
}

HttpStream::HttpStream(HttpStream&& other) noexcept = default;
HttpStream::~HttpStream() = default;

asio::awaitable<beast::error_code> HttpStream::ShakeHands() {
  beast::error_code error;
  if (tls_) {
    co_await tls_->stream.async_handshake(
        asio::ssl::stream_base::server,
        asio::redirect_error(asio::use_awaitable, error));
  }
  co_return error;
}

asio::awaitable<void> HttpStream::EndTls() {
  beast::error_code ignored;
  if (tls_) {
    co_await tls_->stream.async_shutdown(
        asio::redirect_error(asio::use_awaitable, ignored));
  }
}

void HttpStream::Read(const MutableBuffers& buffers, Waiter waiter) {
  if (tls_) {
    tls_->stream.async_read_some(buffers, std::move(waiter));
  } else {
    plain_->async_read_some(buffers, std::move(waiter));
  }
}

void HttpStream::Write(const ConstBuffers& buffers, Waiter waiter) {
  if (tls_) {
    tls_->stream.async_write_some(buffers, std::move(waiter));
  } else {
    plain_->async_write_some(buffers, std::move(waiter));
  }
}

void HttpStream::TearDown(beast::role_type role, beast::error_code& error) {
  using beast::websocket::teardown;
  if (tls_) {
    teardown(role, tls_->stream, error);
  } else {
    teardown(role, *plain_, error);
  }
}

void HttpStream::TearDown(beast::role_type role, Waiter waiter) {
  using beast::websocket::async_teardown;
  if (tls_) {
    async_teardown(role, tls_->stream, std::move(waiter));
  } else {
    async_teardown(role, *plain_, std::move(waiter));
  }
}

}  // namespace ntm
