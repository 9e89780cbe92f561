#include "ntm/http/channel.h"

// clang-format off
#include "server/asio.h"
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/websocket/stream.hpp>
// clang-format on

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

#include "ntm/server/http_server.h"
#include "raw_http_client.h"

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = boost::beast::websocket;

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr size_t kMessageBytes = 1000 * 1000;

template <class Condition>
bool Becomes(Condition condition) {
  const auto deadline = steady_clock::now() + seconds(10);
  while (!condition()) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(1));
  }
  return true;
}

// A WebSocket client with blocking calls.
class WebSocketClient {
 public:
  WebSocketClient(const std::string& address, const std::string& path)
      : socket_(io_) {
    const size_t colon = address.rfind(':');
    const asio::ip::tcp::endpoint peer(
        asio::ip::make_address(address.substr(0, colon)),
        static_cast<uint16_t>(std::stoi(address.substr(colon + 1))));
    socket_.next_layer().connect(peer);
    timeval patience{10, 0};
    setsockopt(socket_.next_layer().native_handle(), SOL_SOCKET, SO_RCVTIMEO,
               &patience, sizeof patience);
    socket_.control_callback(
        [this](websocket::frame_type kind, beast::string_view) {
          pongs_ += kind == websocket::frame_type::pong ? 1 : 0;
        });
    socket_.handshake(response_, address, path, error_);
  }

  int status() const { return static_cast<int>(response_.result_int()); }
  int pongs() const { return pongs_; }
  websocket::close_code close_code() const {
    return static_cast<websocket::close_code>(socket_.reason().code);
  }

  // The next message; "" after the connection has ended.
  std::string Read() {
    beast::flat_buffer buffer;
    socket_.read(buffer, error_);
    return error_ ? "" : beast::buffers_to_string(buffer.data());
  }
  void Write(const std::string& text) {
    socket_.write(asio::buffer(text), error_);
  }
  void Ping() { socket_.ping({}, error_); }
  void Close() { socket_.close(websocket::close_code::normal, error_); }

 private:
  asio::io_context io_;
  websocket::stream<asio::ip::tcp::socket> socket_;
  websocket::response_type response_;
  beast::error_code error_;
  int pongs_ = 0;
};

class ChannelTest : public testing::Test {
 protected:
  ChannelTest()
      : channel_(std::make_shared<Channel>("/ws", [this] { return first_; })) {
    options_.listen_addresses = {"127.0.0.1:0"};
  }

  void Start() {
    server_ = std::make_unique<HttpServer>(
        options_, std::vector<Route>{},
        std::vector<std::shared_ptr<Channel>>{channel_});
    server_->Start();
  }

  std::string address() const { return server_->addresses().front(); }

  std::unique_ptr<WebSocketClient> Connect() {
    const size_t before = channel_->clients();
    auto client = std::make_unique<WebSocketClient>(address(), "/ws");
    EXPECT_EQ(client->status(), 101);
    EXPECT_TRUE(Becomes([&] { return channel_->clients() == before + 1; }));
    return client;
  }

  int StatusOfUpgrade(std::string_view path) const {
    RawHttpClient client(address());
    client.Get(path,
               "Connection: upgrade\r\nUpgrade: websocket\r\n"
               "Sec-WebSocket-Version: 13\r\n"
               "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n");
    const auto answer = client.Read();
    return answer ? answer->status : 0;
  }

  std::string first_ = "first";
  HttpServerOptions options_;
  std::shared_ptr<Channel> channel_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(ChannelTest, SendsTheFirstMessageThenBroadcastsInOrder) {
  Start();
  const auto client = Connect();
  channel_->Broadcast("second");
  channel_->Broadcast("third");
  EXPECT_EQ(client->Read(), "first");
  EXPECT_EQ(client->Read(), "second");
  EXPECT_EQ(client->Read(), "third");
  EXPECT_TRUE(Becomes([&] { return channel_->sent_frames() == 3; }));
}

TEST_F(ChannelTest, EveryClientGetsABroadcast) {
  Start();
  const auto one = Connect();
  const auto other = Connect();
  channel_->Broadcast("to all");
  for (const auto& client : {one.get(), other.get()}) {
    EXPECT_EQ(client->Read(), "first");
    EXPECT_EQ(client->Read(), "to all");
  }
}

TEST_F(ChannelTest, RemovesAClientThatDisconnects) {
  Start();
  auto client = Connect();
  client->Close();
  EXPECT_TRUE(Becomes([&] { return channel_->clients() == 0; }));
  client = Connect();
  client.reset();  // without a close frame
  EXPECT_TRUE(Becomes([&] { return channel_->clients() == 0; }));
  channel_->Broadcast("to nobody");
}

TEST_F(ChannelTest, Answers426WithoutUpgrade) {
  Start();
  RawHttpClient client(address());
  client.Get("/ws");
  const auto answer = client.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 426);
  EXPECT_EQ(answer->headers.at("upgrade"), "websocket");
}

TEST_F(ChannelTest, DoesNotUpgradeOtherPaths) {
  Start();
  EXPECT_EQ(StatusOfUpgrade("/other"), 404);
}

TEST_F(ChannelTest, RefusesConnectionsBeyondTheLimit) {
  options_.max_websockets = 1;
  Start();
  auto client = Connect();
  EXPECT_EQ(StatusOfUpgrade("/ws"), 503);
  client.reset();
  EXPECT_TRUE(Becomes([&] { return StatusOfUpgrade("/ws") == 101; }));
}

TEST_F(ChannelTest, ConnectionsDoNotCountAsRequests) {
  options_.max_requests = 1;
  Start();
  const auto client = Connect();
  RawHttpClient other(address());
  other.Get("/none");
  const auto answer = other.Read();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 404);
}

TEST_F(ChannelTest, AnswersAPingAndIgnoresMessages) {
  Start();
  const auto client = Connect();
  client->Write("hello");
  client->Ping();
  channel_->Broadcast("still here");
  EXPECT_EQ(client->Read(), "first");
  EXPECT_EQ(client->Read(), "still here");
  channel_->Broadcast("and here");
  EXPECT_EQ(client->Read(), "and here");
  EXPECT_TRUE(Becomes([&] {
    channel_->Broadcast("more");
    client->Read();
    return client->pongs() == 1;
  }));
}

TEST_F(ChannelTest, ClosesOnAMessageThatIsTooLong) {
  Start();
  const auto client = Connect();
  client->Write(std::string(5000, 'x'));
  EXPECT_EQ(client->Read(), "first");
  EXPECT_EQ(client->Read(), "");
  EXPECT_EQ(client->close_code(), websocket::close_code::too_big);
}

TEST_F(ChannelTest, ASlowClientMissesTheOldestAndGetsTheNewest) {
  Start();
  const auto slow = Connect();
  const auto quick = Connect();
  EXPECT_EQ(quick->Read(), "first");
  const std::string large(kMessageBytes, 'x');
  constexpr int kMessages = 40;
  for (int i = 0; i < kMessages; ++i) {
    channel_->Broadcast(std::to_string(i) + large);
    EXPECT_THAT(quick->Read(), testing::StartsWith(std::to_string(i) + "x"));
  }
  EXPECT_GE(channel_->skipped_frames(), 10U);
  EXPECT_EQ(slow->Read(), "first");
  std::string last;
  int heard = 0;
  while (!last.starts_with(std::to_string(kMessages - 1) + "x")) {
    last = slow->Read();
    ASSERT_NE(last, "");
    ++heard;
  }
  EXPECT_EQ(heard + static_cast<int>(channel_->skipped_frames()), kMessages);
}

TEST_F(ChannelTest, DisconnectsAClientThatDoesNotRead) {
  options_.transfer_timeout = milliseconds(50);
  Start();
  const auto client = Connect();
  const std::string large(8 * kMessageBytes, 'x');
  EXPECT_TRUE(Becomes([&] {
    channel_->Broadcast(large);
    return channel_->clients() == 0;
  }));
}

TEST_F(ChannelTest, DisconnectsAClientThatDoesNotAnswerAPing) {
  options_.idle_timeout = seconds(1);
  Start();
  const auto client = Connect();
  EXPECT_TRUE(Becomes([&] { return channel_->clients() == 0; }));
}

TEST_F(ChannelTest, AnExceptionInTheFirstMessageClosesOnlyThatConnection) {
  auto faulty = std::make_shared<Channel>(
      "/faulty", []() -> std::string { throw std::runtime_error("no"); });
  HttpServer server(options_, {}, {faulty});
  server.Start();
  WebSocketClient client(server.addresses().front(), "/faulty");
  EXPECT_EQ(client.status(), 101);
  EXPECT_EQ(client.Read(), "");
  EXPECT_EQ(client.close_code(), websocket::close_code::internal_error);
}

TEST_F(ChannelTest, StopClosesClientsAndDoesNotWaitForThem) {
  Start();
  int told = 0;
  // The close frame must arrive within 0.1 s, which may fail on a busy machine.
  for (int i = 0; i < 3; ++i) {
    if (i > 0) server_->Start();
    const auto silent = Connect();
    const auto client = Connect();
    const auto began = steady_clock::now();
    server_->Stop();
    EXPECT_LT(steady_clock::now() - began, seconds(2));
    EXPECT_EQ(client->Read(), "first");
    EXPECT_EQ(client->Read(), "");
    if (client->close_code() == websocket::close_code::going_away) ++told;
    EXPECT_EQ(channel_->clients(), 0U);
  }
  EXPECT_GT(told, 0);
}

}  // namespace
}  // namespace ntm
