#include "http_channel.h"

#include <spdlog/spdlog.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <chrono>
#include <deque>
#include <exception>
#include <optional>
#include <utility>

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

using std::chrono::steady_clock;

constexpr size_t kMessageLimitBytes = 4096;
// Small, so that a client that does not read is noticed early and needs little
// memory.
constexpr int kSendBufferBytes = 128 * 1024;

class ChannelSession final
    : public Channel::Client,
      public std::enable_shared_from_this<ChannelSession> {
 public:
  ChannelSession(ChannelConnection connection, const HttpServerOptions& options)
      : executor_(connection.stream.get_executor()),
        write_timeout_(options.transfer_timeout),
        channel_(std::move(connection.channel)),
        upgrade_(std::move(connection.upgrade)),
        connection_slot_(std::move(connection.connection_slot)),
        websocket_permit_(std::move(connection.websocket_permit)),
        socket_(std::move(connection.stream)),
        wake_(executor_) {
    websocket::stream_base::timeout timeouts{};
    timeouts.handshake_timeout = options.transfer_timeout;
    timeouts.idle_timeout = options.idle_timeout;
    timeouts.keep_alive_pings = true;
    socket_.set_option(timeouts);
    socket_.read_message_max(kMessageLimitBytes);
    socket_.auto_fragment(false);
    socket_.text(true);
    boost::system::error_code ignored;
    beast::get_lowest_layer(socket_).socket().set_option(
        asio::socket_base::send_buffer_size(kSendBufferBytes), ignored);
  }

  ~ChannelSession() override { channel_->Remove(this); }

  const asio::any_io_executor& executor() const { return executor_; }

  // The WebSocket handshake; returns false if it fails.
  asio::awaitable<bool> Accept();
  // Both run until the connection ends.
  asio::awaitable<void> Read();
  asio::awaitable<void> Write();

  void Deliver(Channel::Message message) override {
    asio::post(executor_, [self = shared_from_this(),
                           message = std::move(message)]() mutable {
      self->Queue(std::move(message));
    });
  }

  void Close() override {
    asio::post(executor_, [self = shared_from_this()] {
      self->End(websocket::close_code::going_away);
    });
  }

 private:
  void Queue(Channel::Message message);
  void End(websocket::close_code why);

  // Constant after construction
  const asio::any_io_executor executor_;
  const std::chrono::milliseconds write_timeout_;
  const std::shared_ptr<Channel> channel_;
  const UpgradeRequest upgrade_;

  // On the strand
  ConnectionSlot connection_slot_;
  RequestPermit websocket_permit_;
  websocket::stream<HttpStream, /*deflateSupported=*/false> socket_;
  asio::steady_timer wake_;
  std::deque<Channel::Message> queue_;
  std::optional<steady_clock::time_point> write_began_;
  std::optional<websocket::close_code> end_;
};

asio::awaitable<bool> ChannelSession::Accept() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await socket_.async_accept(upgrade_, token);
  if (error) co_return false;
  try {
    Queue(std::make_shared<const std::string>(channel_->First()));
    channel_->Add(shared_from_this());
  } catch (const std::exception& fault) {
    spdlog::error("http: {} failed: {}", channel_->path(), fault.what());
    End(websocket::close_code::internal_error);
  }
  co_return true;
}

asio::awaitable<void> ChannelSession::Read() {
  beast::flat_buffer buffer;
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!error) {
    co_await socket_.async_read(buffer, token);
    buffer.clear();
  }
  End(websocket::close_code::none);
}

asio::awaitable<void> ChannelSession::Write() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!end_) {
    if (queue_.empty()) {
      wake_.expires_at(steady_clock::time_point::max());
      co_await wake_.async_wait(token);
      continue;
    }
    const Channel::Message message = std::move(queue_.front());
    queue_.pop_front();
    write_began_ = steady_clock::now();
    co_await socket_.async_write(asio::buffer(*message), token);
    write_began_.reset();
    if (error) co_return;
    channel_->CountSent();
  }
  if (*end_ != websocket::close_code::none) {
    co_await socket_.async_close(*end_, token);
  }
}

void ChannelSession::Queue(Channel::Message message) {
  if (end_) return;
  if (write_began_ && steady_clock::now() - *write_began_ > write_timeout_) {
    beast::get_lowest_layer(socket_).close();
    return;
  }
  if (queue_.size() >= Channel::kQueueFrames) {
    queue_.pop_front();
    channel_->CountSkipped();
  }
  queue_.push_back(std::move(message));
  wake_.cancel();
}

void ChannelSession::End(websocket::close_code why) {
  if (!end_) end_ = why;
  wake_.cancel();
}

asio::awaitable<void> WriteAll(std::shared_ptr<ChannelSession> session) {
  co_await session->Write();
}

asio::awaitable<void> Serve(std::shared_ptr<ChannelSession> session) {
  const bool accepted = co_await session->Accept();
  if (!accepted) co_return;
  asio::co_spawn(session->executor(), WriteAll(session), asio::detached);
  co_await session->Read();
}

}  // namespace

void ServeChannel(ChannelConnection connection,
                  const HttpServerOptions& options) {
  auto session =
      std::make_shared<ChannelSession>(std::move(connection), options);
  asio::co_spawn(session->executor(), Serve(session), asio::detached);
}

}  // namespace ntm
