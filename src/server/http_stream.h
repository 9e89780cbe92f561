// A byte stream over TCP or TLS for one connection. Only for the HTTP server,
// because it includes Beast.
//
// Shape    a stream for Asio and Beast; the constructor chooses TCP or TLS. A
//          moved-from stream may only be destroyed. All operations use one type
//          of completion handler, so that those of TCP and TLS are compiled
//          once.
// Threads  on the connection's strand.
// Source   RFC 8446.
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/role.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/container/static_vector.hpp>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

#include "tls_context.h"

namespace ntm {

// A type-erased completion handler, called once. (From Boost 1.82 on Asio has
// any_completion_handler for this.)
class CompletionHandler {
 public:
  using executor_type = boost::asio::any_io_executor;

  // Runs on the handler's executor, or on `otherwise` if it has none.
  template <class Handler>
  CompletionHandler(Handler handler, const executor_type& otherwise)
      : executor_(boost::asio::get_associated_executor(handler, otherwise)),
        call_(std::make_unique<CallOf<Handler>>(std::move(handler))) {}

  executor_type get_executor() const noexcept { return executor_; }

  // Asio's hook: an operation that completes at once goes on with the thread
  // that started it. Without it, another thread is woken for each.
  friend bool asio_handler_is_continuation(CompletionHandler* /*handler*/) {
    return true;
  }

  void operator()(boost::beast::error_code error, size_t bytes = 0) {
    const auto call = std::move(call_);
    call->Complete(error, bytes);
  }

 private:
  struct Call {
    virtual ~Call() = default;
    virtual void Complete(boost::beast::error_code error, size_t bytes) = 0;
  };

  template <class Handler>
  struct CallOf final : Call {
    explicit CallOf(Handler&& taken) : handler(std::move(taken)) {}
    void Complete(boost::beast::error_code error, size_t bytes) override {
      if constexpr (std::invocable<Handler&, boost::beast::error_code,
                                   size_t>) {
        handler(error, bytes);
      } else {
        handler(error);
      }
    }
    Handler handler;
  };

  executor_type executor_;
  std::unique_ptr<Call> call_;
};

class HttpStream {
 public:
  using Plain = boost::beast::tcp_stream;
  using executor_type = Plain::executor_type;
  using next_layer_type = Plain;

  // Without TLS where `context` is null.
  HttpStream(boost::asio::ip::tcp::socket socket, const TlsContext& context);
  HttpStream(HttpStream&& other) noexcept;
  HttpStream& operator=(HttpStream&&) = delete;
  ~HttpStream();

  executor_type get_executor() { return next_layer().get_executor(); }

  // The TCP stream, which has the timeouts.
  Plain& next_layer();
  const Plain& next_layer() const;

  // TLS handshake and shutdown, within `limit`; do nothing without TLS.
  boost::asio::awaitable<boost::beast::error_code> ShakeHands(
      std::chrono::milliseconds limit);
  boost::asio::awaitable<void> EndTls(std::chrono::milliseconds limit);

  template <class Buffers, class Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, Transferred>(
        [this](auto handler, const Buffers& into) {
          Read(FirstOf<MutableBuffers>(into),
               CompletionHandler(std::move(handler), get_executor()));
        },
        token, buffers);
  }

  template <class Buffers, class Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, Transferred>(
        [this](auto handler, const Buffers& from) {
          Write(FirstOf<ConstBuffers>(from),
                CompletionHandler(std::move(handler), get_executor()));
        },
        token, buffers);
  }

  // For Beast's WebSocket, when a connection ends.
  void TearDown(boost::beast::role_type role, boost::beast::error_code& error);
  void TearDown(boost::beast::role_type role, CompletionHandler handler);

 private:
  using Transferred = void(boost::beast::error_code, size_t);
  // Buffers per call; the rest is transferred by the next call.
  static constexpr size_t kMostBuffers = 32;
  using MutableBuffers =
      boost::container::static_vector<boost::asio::mutable_buffer,
                                      kMostBuffers>;
  using ConstBuffers =
      boost::container::static_vector<boost::asio::const_buffer, kMostBuffers>;
  struct Tls;

  template <class Some, class Buffers>
  static Some FirstOf(const Buffers& buffers) {
    Some some;
    for (const auto& buffer : boost::beast::buffers_range_ref(buffers)) {
      if (some.size() == kMostBuffers) break;
      if (buffer.size() > 0) some.push_back(buffer);
    }
    return some;
  }

  void Read(const MutableBuffers& buffers, CompletionHandler handler);
  void Write(const ConstBuffers& buffers, CompletionHandler handler);
  // Calls `use` with the TCP or the TLS stream.
  template <class Use>
  void With(Use use);

  // Exactly one of them is set.
  std::unique_ptr<Plain> plain_;
  std::unique_ptr<Tls> tls_;
};

inline void teardown(boost::beast::role_type role, HttpStream& stream,
                     boost::beast::error_code& error) {
  stream.TearDown(role, error);
}

template <class Handler>
void async_teardown(boost::beast::role_type role, HttpStream& stream,
                    Handler&& handler) {
  stream.TearDown(role, CompletionHandler(std::forward<Handler>(handler),
                                          stream.get_executor()));
}

}  // namespace ntm
