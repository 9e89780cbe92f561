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
  } else {
    plain_ = std::make_unique<Plain>(std::move(socket));
  }
}

HttpStream::HttpStream(HttpStream&& other) noexcept = default;
HttpStream::~HttpStream() = default;

HttpStream::Plain& HttpStream::next_layer() {
  return tls_ ? tls_->stream.next_layer() : *plain_;
}

const HttpStream::Plain& HttpStream::next_layer() const {
  return tls_ ? tls_->stream.next_layer() : *plain_;
}

asio::awaitable<beast::error_code> HttpStream::ShakeHands(
    std::chrono::milliseconds limit) {
  beast::error_code error;
  if (tls_) {
    next_layer().expires_after(limit);
    co_await tls_->stream.async_handshake(
        asio::ssl::stream_base::server,
        asio::redirect_error(asio::use_awaitable, error));
  }
  co_return error;
}

asio::awaitable<void> HttpStream::EndTls(std::chrono::milliseconds limit) {
  beast::error_code ignored;
  if (tls_) {
    next_layer().expires_after(limit);
    co_await tls_->stream.async_shutdown(
        asio::redirect_error(asio::use_awaitable, ignored));
  }
}

template <class Use>
void HttpStream::With(Use use) {
  if (tls_) {
    use(tls_->stream);
  } else {
    use(*plain_);
  }
}

void HttpStream::Read(const MutableBuffers& buffers,
                      CompletionHandler handler) {
  With([&](auto& stream) {
    stream.async_read_some(buffers, std::move(handler));
  });
}

void HttpStream::Write(const ConstBuffers& buffers, CompletionHandler handler) {
  With([&](auto& stream) {
    stream.async_write_some(buffers, std::move(handler));
  });
}

void HttpStream::TearDown(beast::role_type role, beast::error_code& error) {
  using beast::websocket::teardown;
  With([&](auto& stream) { teardown(role, stream, error); });
}

void HttpStream::TearDown(beast::role_type role, CompletionHandler handler) {
  using beast::websocket::async_teardown;
  With([&](auto& stream) { async_teardown(role, stream, std::move(handler)); });
}

}  // namespace ntm
