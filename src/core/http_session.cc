#include "http_session.h"

#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "accept_header.h"
#include "http_answer.h"
#include "http_channel.h"
#include "http_stream.h"
#include "request_target.h"

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Message = http::request<http::string_body>;

constexpr uint32_t kHeaderLimitBytes = 16 * 1024;
constexpr uint64_t kBodyLimitBytes = 1024 * 1024;
constexpr size_t kFirstReadBytes = 2048;
// How long a connection that is closed because of its client's fault is still
// read, so that the answer is not lost in a reset (RFC 9112 section 9.6).
constexpr std::chrono::seconds kLinger{1};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

// The status that tells the client what was wrong; 0 where nobody is left to
// be told.
int StatusOf(const beast::error_code& error) {
  if (error == http::error::header_limit) {
    return 431;
  }
  if (error == http::error::body_limit) {
    return 413;
  }
  const bool by_parser =
      error.category() == make_error_code(http::error::bad_method).category();
  return by_parser && error != http::error::end_of_stream &&
                 error != http::error::partial_message
             ? 400
             : 0;
}

// 0, or the status for a header that two parties could read differently.
int FaultOf(const Message& message) {
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == kHttp11)) {
    return 400;
  }
  if (message.count(http::field::transfer_encoding) == 0) {
    return 0;
  }
  if (message.version() != kHttp11) {
    return 400;
  }
  return EqualsIgnoringCase(View(message[http::field::transfer_encoding]),
                            "chunked")
             ? 0
             : 501;
}

std::string PeerAddress(const asio::ip::tcp::socket& socket) {
  beast::error_code error;
  asio::ip::address address = socket.remote_endpoint(error).address();
  if (error) {
    return {};
  }
  if (address.is_v6()) {
    asio::ip::address_v6 v6 = address.to_v6();
    v6.scope_id(0);
    address = v6;
    if (v6.is_v4_mapped()) {
      address = asio::ip::make_address_v4(asio::ip::v4_mapped, v6);
    }
  }
  return address.to_string();
}

std::map<std::string, std::string> Headers(const Message& message) {
  std::map<std::string, std::string> headers;
  for (const auto& field : message) {
    std::string name(View(field.name_string()));
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    std::string& value = headers[std::move(name)];
    value += (value.empty() ? "" : ", ") + std::string(View(field.value()));
  }
  return headers;
}

HttpResponse TryAgain(const std::string& why) {
  HttpResponse response = PlainAnswer(503, why + "; try again");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

class Session {
 public:
  Session(asio::ip::tcp::socket socket, Seat seat, HttpContext& context)
      : context_(context),
        security_(context.Security()),
        peer_address_(PeerAddress(socket)),
        seat_(std::move(seat)),
        stream_(std::move(socket), security_->tls) {}

  asio::awaitable<void> Run();

  auto executor() { return stream_.get_executor(); }

 private:
  void ExpireAfter(std::chrono::milliseconds time) {
    stream_.next_layer().expires_after(time);
  }

  // Each returns false when the connection is to be closed.
  // Not inlined: g++ 12 then takes its frame's operators for mismatched.
  [[gnu::noinline]] asio::awaitable<bool> ServeRequest(bool first);
  asio::awaitable<bool> AwaitNextRequest();
  asio::awaitable<bool> AskForBody();
  asio::awaitable<bool> Refuse(int status);
  asio::awaitable<bool> Send(Answer answer, bool head);
  // As of a route that shows names.
  std::optional<HttpResponse> RefusalAt(const Channel& channel,
                                        const HttpRequest& request) const;
  // The answer where nothing is upgraded; nothing where the connection has been
  // given to the channel.
  std::optional<HttpResponse> Upgrade(const Message& message,
                                      std::shared_ptr<Channel> channel);

  asio::awaitable<void> Linger();
  // Nothing if the target is malformed.
  std::optional<HttpRequest> Understand(Message& message) const;

  // Constant after construction
  HttpContext& context_;
  const std::shared_ptr<const ConnectionSecurity> security_;
  const std::string peer_address_;

  Seat seat_;
  HttpStream stream_;
  bool given_away_ = false;    // stream_, to a channel
  beast::flat_buffer buffer_;  // what is read and not parsed yet
  std::optional<http::request_parser<http::string_body>> parser_;
};

asio::awaitable<void> Session::Run() {
  if (co_await stream_.ShakeHands(context_.options.header_timeout)) co_return;
  bool first = true;
  while (co_await ServeRequest(first)) {
    first = false;
  }
  // So that the client knows that nothing was cut off.
  if (!given_away_) co_await stream_.EndTls(kLinger);
}

asio::awaitable<bool> Session::ServeRequest(bool first) {
  if (!first && buffer_.size() == 0 && !co_await AwaitNextRequest()) {
    co_return false;
  }
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  parser_.emplace();
  parser_->header_limit(kHeaderLimitBytes);
  parser_->body_limit(kBodyLimitBytes);
  ExpireAfter(context_.options.header_timeout);
  co_await http::async_read_header(stream_, buffer_, *parser_, token);
  const int fault = error ? StatusOf(error) : FaultOf(parser_->get());
  if (error || fault != 0) {
    co_return co_await Refuse(fault);
  }
  if (!parser_->is_done()) {
    ExpireAfter(context_.options.transfer_timeout);
    if (!co_await AskForBody()) {
      co_return false;
    }
    co_await http::async_read(stream_, buffer_, *parser_, token);
    if (error) {
      co_return co_await Refuse(StatusOf(error));
    }
  }
  Message message = parser_->release();
  auto request = Understand(message);
  const auto channel = request ? context_.ChannelAt(request->path) : nullptr;
  std::optional<HttpResponse> response;
  if (channel) {
    response = RefusalAt(*channel, *request);
    if (!response) response = Upgrade(message, channel);
    if (!response) co_return false;
  }
  const auto seat =
      Seat::Take(context_.requests, context_.options.max_requests);
  if (!seat) {
    response = TryAgain("too many requests at once");
  } else if (!request) {
    response = PlainAnswer(400, "the request's target is malformed");
  } else if (!response) {
    response = context_.router.Answer(std::move(*request));
  }
  const AnswerContext about{message.version(), message.keep_alive(),
                            View(message[http::field::accept_encoding]),
                            &security_->headers};
  Answer answer = MakeAnswer(std::move(*response), about);
  co_return co_await Send(std::move(answer),
                          message.method() == http::verb::head);
}

asio::awaitable<bool> Session::AwaitNextRequest() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  ExpireAfter(context_.options.idle_timeout);
  const size_t size =
      co_await stream_.async_read_some(buffer_.prepare(kFirstReadBytes), token);
  buffer_.commit(size);
  co_return !error;
}

asio::awaitable<bool> Session::AskForBody() {
  const Message& message = parser_->get();
  if (message.version() != kHttp11 ||
      !EqualsIgnoringCase(View(message[http::field::expect]), "100-continue")) {
    co_return true;
  }
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await asio::async_write(
      stream_, asio::buffer(kContinue.data(), kContinue.size()), token);
  co_return !error;
}

asio::awaitable<bool> Session::Refuse(int status) {
  if (status != 0) {
    AnswerContext about;
    about.headers = &security_->headers;
    Answer answer = MakeAnswer(PlainAnswer(status), about);
    co_await Send(std::move(answer), /*head=*/false);
    co_await Linger();
  }
  co_return false;
}

asio::awaitable<bool> Session::Send(Answer answer, bool head) {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  http::response_serializer<AnswerBody> serializer(answer);
  ExpireAfter(context_.options.transfer_timeout);
  if (head) {
    co_await http::async_write_header(stream_, serializer, token);
  } else {
    co_await http::async_write(stream_, serializer, token);
  }
  co_return !error && answer.keep_alive();
}

asio::awaitable<void> Session::Linger() {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  stream_.next_layer().socket().shutdown(asio::ip::tcp::socket::shutdown_send,
                                         error);
  buffer_.clear();
  ExpireAfter(kLinger);
  while (!error) {
    co_await stream_.async_read_some(buffer_.prepare(kFirstReadBytes), token);
  }
}

std::optional<HttpResponse> Session::RefusalAt(
    const Channel& channel, const HttpRequest& request) const {
  if (!context_.options.access) return std::nullopt;
  return context_.options.access->Refusal(
      {"GET", channel.path(), "", nullptr, Access::kNames}, request);
}

std::optional<HttpResponse> Session::Upgrade(const Message& message,
                                             std::shared_ptr<Channel> channel) {
  if (!beast::websocket::is_upgrade(message)) {
    HttpResponse refusal = PlainAnswer(426, "this path speaks WebSocket only");
    refusal.headers.emplace_back("Upgrade", "websocket");
    return refusal;
  }
  auto seat = Seat::Take(context_.websockets, context_.options.max_websockets);
  if (!seat) return TryAgain("too many WebSocket connections");
  given_away_ = true;
  stream_.next_layer().expires_never();
  ServeChannel({std::move(stream_), message, std::move(channel),
                std::move(seat_), std::move(*seat)},
               context_.options);
  return std::nullopt;
}

std::optional<HttpRequest> Session::Understand(Message& message) const {
  auto target = ParseTarget(View(message.target()));
  if (!target) return std::nullopt;
  HttpRequest request;
  request.method = View(message.method_string());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.parameters = std::move(target->parameters);
  request.headers = Headers(message);
  request.body = std::move(message.body());
  request.peer_address = peer_address_;
  return request;
}

asio::awaitable<void> RunToEnd(std::unique_ptr<Session> session) {
  co_await session->Run();
}

}  // namespace

void HttpContext::Set(const HttpSecurity& wanted) {
  auto made = std::make_shared<ConnectionSecurity>();
  if (wanted.tls) made->tls = MakeTlsContext(*wanted.tls);
  made->headers = wanted.headers;
  const std::scoped_lock lock(security_mutex);
  security = std::move(made);
}

std::shared_ptr<const ConnectionSecurity> HttpContext::Security() const {
  const std::scoped_lock lock(security_mutex);
  return security;
}

std::shared_ptr<Channel> HttpContext::ChannelAt(const std::string& path) const {
  const auto found = std::ranges::find(channels, path,
                                       [](const auto& c) { return c->path(); });
  return found != channels.end() ? *found : nullptr;
}

void ServeConnection(asio::ip::tcp::socket socket, Seat seat,
                     HttpContext& context) {
  auto session =
      std::make_unique<Session>(std::move(socket), std::move(seat), context);
  const auto executor = session->executor();
  asio::co_spawn(executor, RunToEnd(std::move(session)), asio::detached);
}

}  // namespace ntm
