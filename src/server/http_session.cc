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
#include <variant>

#include "http_answer.h"
#include "http_channel.h"
#include "http_stream.h"
#include "ntm/exposition/accept_header.h"
#include "request_target.h"

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

using Message = http::request<http::string_body>;

constexpr uint32_t kHeaderLimitBytes = 16 * 1024;
constexpr uint64_t kBodyLimitBytes = 1024 * 1024;
constexpr size_t kBodiesLimitBytes = 16 * 1024 * 1024;
constexpr size_t kHashesLimit = 16;
constexpr size_t kFirstReadBytes = 2048;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";
// What a status is in place of where nobody is left to be told one.
constexpr int kGone = -1;
// How long a connection that is closed because of its client's fault is still
// read, so that the answer is not lost in a reset (RFC 9112 section 9.6).
constexpr std::chrono::seconds kLinger{1};
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::string_view kFarewellText =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n";

std::string_view View(beast::string_view text) {
  return {text.data(), text.size()};
}

// The status that tells the client what was wrong, or kGone.
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
             : kGone;
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
  if (message.version() != kHttp11 ||
      message.count(http::field::transfer_encoding) > 1) {
    return 400;
  }
  return EqualsIgnoringCase(View(message[http::field::transfer_encoding]),
                            "chunked")
             ? 0
             : 501;
}

// Returns true iff a line of the header is folded onto the next one, which two
// readers may take for different things (RFC 9112 section 5.2).
bool IsFolded(std::string_view header) {
  return header.find("\n ") != std::string_view::npos ||
         header.find("\n\t") != std::string_view::npos;
}

// Returns true iff a line of it, from `begin` on, ends without a carriage
// return: the end of such a header would be waited for in vain.
bool HasBareNewline(std::string_view header, size_t begin) {
  for (size_t at = header.find('\n', begin); at != std::string_view::npos;
       at = header.find('\n', at + 1)) {
    if (at == 0 || header[at - 1] != '\r') return true;
  }
  return false;
}

// Whether a method may begin so: what does not, as TLS, is told at once.
bool MayBegin(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
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

HttpResponse TooManyPasswords() {
  HttpResponse response =
      PlainAnswer(429, "too many passwords are being tried; wait a second");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

// A part of the memory that all bodies share.
class BodyRoom {
 public:
  explicit BodyRoom(std::atomic<size_t>& taken) : taken_(taken) {}
  BodyRoom(const BodyRoom&) = delete;
  BodyRoom& operator=(const BodyRoom&) = delete;
  ~BodyRoom() { GiveBack(); }

  // Returns false, and changes nothing, if there is not as much.
  bool GrowTo(size_t bytes) {
    if (bytes <= own_) return true;
    const size_t more = bytes - own_;
    if (taken_.fetch_add(more) + more > kBodiesLimitBytes) {
      taken_ -= more;
      return false;
    }
    own_ = bytes;
    return true;
  }

  void GiveBack() { taken_ -= std::exchange(own_, 0); }

 private:
  std::atomic<size_t>& taken_;
  size_t own_ = 0;
};

class Session {
 public:
  // A place among the connections, or among those that are sent away.
  using Place = std::variant<ConnectionSlot, RequestPermit>;

  Session(asio::ip::tcp::socket socket, Place permit, HttpContext& context)
      : context_(context),
        security_(context.Security()),
        peer_address_(PeerAddress(socket)),
        seat_(std::move(permit)),
        stream_(std::move(socket), security_->tls) {}

  asio::awaitable<void> Run();
  asio::awaitable<void> SayFarewell();

  auto executor() { return stream_.get_executor(); }

 private:
  void ExpireAfter(std::chrono::milliseconds time) {
    stream_.next_layer().expires_after(time);
  }
  void Note(RefusalReason reason) const {
    context_.Note(reason, peer_address_);
  }
  // Iff it is a refusal's.
  void NoteStatus(int status) const;
  HttpResponse TooManyRequests() const {
    Note(RefusalReason::kRequests);
    return TryAgain("too many requests at once");
  }
  std::string_view Buffered() const {
    return {static_cast<const char*>(buffer_.cdata().data()),
            buffer_.cdata().size()};
  }

  // What a request asks for, and what refuses it; one of them is there.
  struct Asked {
    HttpRequest request;
    std::shared_ptr<Channel> channel;
    const Route* route = nullptr;
    std::optional<HttpResponse> refusal;
  };

  // Each returns false when the connection is to be closed.
  // Not inlined: g++ 12 then takes its frame's operators for mismatched.
  [[gnu::noinline]] asio::awaitable<bool> ServeRequest(bool first);
  asio::awaitable<bool> AwaitNextRequest();
  asio::awaitable<bool> AskForBody();
  asio::awaitable<bool> Refuse(int status);
  asio::awaitable<bool> RefuseAndClose(HttpResponse response);
  asio::awaitable<bool> Send(Answer answer, bool head);

  // Each returns 0, the status for what is wrong, or kGone.
  asio::awaitable<int> ReadHeader();
  asio::awaitable<int> ReadBody(BodyRoom& room);

  // By the header alone.
  asio::awaitable<void> Judge(Asked& asked);
  // Who may not; may wait for a password to be hashed.
  asio::awaitable<std::optional<HttpResponse>> AccessRefusal(
      const Route& route, const HttpRequest& request);
  asio::awaitable<HttpResponse> Handle(const Route& route,
                                       const HttpRequest& request);
  // The answer where nothing is upgraded; nothing where the connection has been
  // given to the channel.
  std::optional<HttpResponse> Upgrade(const Message& message,
                                      std::shared_ptr<Channel> channel);
  bool HasRoomForRequest() const {
    const size_t most = context_.options.max_requests;
    return most == 0 || context_.requests < most;
  }

  asio::awaitable<void> Linger();
  // Without the body. Nothing if the target is malformed.
  std::optional<HttpRequest> Understand(const Message& message) const;
  Answer AnswerTo(const Message& message, HttpResponse response) const;

  // Constant after construction
  HttpContext& context_;
  const std::shared_ptr<const ConnectionSecurity> security_;
  const std::string peer_address_;

  Place seat_;
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

asio::awaitable<void> Session::SayFarewell() {
  if (co_await stream_.ShakeHands(kLinger)) co_return;
  HttpResponse response = TryAgain("too many connections");
  co_await RefuseAndClose(std::move(response));
}

asio::awaitable<bool> Session::ServeRequest(bool first) {
  if (!first && buffer_.size() == 0 && !co_await AwaitNextRequest()) {
    co_return false;
  }
  const int fault = co_await ReadHeader();
  if (fault != 0) co_return co_await Refuse(fault);
  Asked asked;
  co_await Judge(asked);
  if (asked.refusal && !parser_->is_done()) {
    NoteStatus(asked.refusal->status);
    co_return co_await RefuseAndClose(std::move(*asked.refusal));
  }
  BodyRoom room(context_.body_bytes);
  const int body_fault = co_await ReadBody(room);
  if (body_fault != 0) {
    // Others may have it while this one is told.
    parser_.reset();
    room.GiveBack();
    co_return co_await Refuse(body_fault);
  }
  Message message = parser_->release();
  if (asked.channel && !asked.refusal) {
    asked.refusal = Upgrade(message, asked.channel);
    if (!asked.refusal) co_return false;
  }
  std::optional<RequestPermit> permit;
  if (!asked.refusal && AccessOf(*asked.route) != Access::kOpen) {
    permit =
        RequestPermit::Take(context_.requests, context_.options.max_requests);
    if (!permit) asked.refusal = TooManyRequests();
  }
  HttpResponse response;
  if (asked.refusal) {
    response = std::move(*asked.refusal);
    NoteStatus(response.status);
  } else {
    asked.request.body = std::move(message.body());
    response = co_await Handle(*asked.route, asked.request);
    // What else a handler finds wrong is of no concern to who watches the port.
    if (response.status != 400) NoteStatus(response.status);
  }
  Answer answer = AnswerTo(message, std::move(response));
  co_return co_await Send(std::move(answer),
                          message.method() == http::verb::head);
}

asio::awaitable<int> Session::ReadHeader() {
  parser_.emplace();
  parser_->header_limit(kHeaderLimitBytes);
  parser_->body_limit(kBodyLimitBytes);
  ExpireAfter(context_.options.header_timeout);
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  size_t looked_at = 0;
  while (true) {
    // A line may end too much before a request (RFC 9112 section 2.2).
    while (Buffered().starts_with("\r\n")) buffer_.consume(2);
    const std::string_view text = Buffered();
    if (!text.empty() && text != "\r" && !MayBegin(text[0])) co_return 400;
    const size_t end = text.find(kHeaderEnd, looked_at);
    if (HasBareNewline(text.substr(0, end), looked_at)) co_return 400;
    if (end != std::string_view::npos) {
      if (IsFolded(text.substr(0, end))) co_return 400;
      break;
    }
    if (text.size() >= kHeaderLimitBytes) co_return 431;
    looked_at = text.size() - std::min(text.size(), kHeaderEnd.size() - 1);
    const size_t size = co_await stream_.async_read_some(
        buffer_.prepare(kFirstReadBytes), token);
    if (error) co_return kGone;
    buffer_.commit(size);
  }
  buffer_.consume(parser_->put(buffer_.data(), error));
  if (error) co_return StatusOf(error);
  co_return parser_->is_header_done() ? FaultOf(parser_->get()) : 400;
}

asio::awaitable<int> Session::ReadBody(BodyRoom& room) {
  if (parser_->is_done()) co_return 0;
  ExpireAfter(context_.options.transfer_timeout);
  if (!co_await AskForBody()) co_return kGone;
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!parser_->is_done()) {
    co_await http::async_read_some(stream_, buffer_, *parser_, token);
    if (error) co_return StatusOf(error);
    if (!room.GrowTo(parser_->get().body().size())) co_return 503;
  }
  co_return 0;
}

asio::awaitable<void> Session::Judge(Asked& asked) {
  auto request = Understand(parser_->get());
  if (!request) {
    asked.refusal = PlainAnswer(400, "the request's target is malformed");
    co_return;
  }
  asked.request = std::move(*request);
  asked.channel = context_.ChannelAt(asked.request.path);
  // What shows names, whoever connects to it.
  static const Route kChannel{"GET", "", "", nullptr, Access::kNames};
  if (!asked.channel) {
    auto found = context_.router.Find(&asked.request);
    asked.route = found.route;
    asked.refusal = std::move(found.refusal);
    if (asked.refusal) co_return;
  }
  const Route& route = asked.channel ? kChannel : *asked.route;
  if (AccessOf(route) == Access::kOpen) co_return;
  if (!HasRoomForRequest()) {
    asked.refusal = TooManyRequests();
    co_return;
  }
  asked.refusal = co_await AccessRefusal(route, asked.request);
  if (!asked.refusal && route.judge) {
    asked.refusal = route.judge(asked.request);
  }
}

asio::awaitable<std::optional<HttpResponse>> Session::AccessRefusal(
    const Route& route, const HttpRequest& request) {
  const AccessRule* access = context_.options.access.get();
  if (access == nullptr) co_return std::nullopt;
  auto judged = access->AtOnce(route, request);
  if (!judged.must_hash) co_return std::move(judged.refusal);
  const auto place = RequestPermit::Take(context_.hashes, kHashesLimit);
  if (!place) co_return TooManyPasswords();
  co_await context_.passwords.Enter();
  auto refusal = access->AfterHash(route, request);
  co_await LeaveWorkers();
  co_return refusal;
}

asio::awaitable<HttpResponse> Session::Handle(const Route& route,
                                              const HttpRequest& request) {
  if (AccessOf(route) == Access::kOpen) co_return RunHandler(route, request);
  Workers& workers = route.may_block ? context_.disk : context_.answering;
  co_await workers.Enter();
  HttpResponse response = RunHandler(route, request);
  co_await LeaveWorkers();
  co_return response;
}

void Session::NoteStatus(int status) const {
  switch (status) {
    case 400:
    case 501:
      return Note(RefusalReason::kMalformed);
    case 401:
      return Note(RefusalReason::kCredentials);
    case 403:
      return Note(RefusalReason::kForbidden);
    case 413:
    case 431:
      return Note(RefusalReason::kTooLarge);
    case 429:
      return Note(RefusalReason::kGuesses);
    default:
      return;
  }
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
  if (status == kGone) co_return false;
  if (status == 503) {
    Note(RefusalReason::kMemory);
  } else {
    NoteStatus(status);
  }
  HttpResponse response =
      status == 503 ? TryAgain("too many bodies at once") : PlainAnswer(status);
  co_return co_await RefuseAndClose(std::move(response));
}

asio::awaitable<bool> Session::RefuseAndClose(HttpResponse response) {
  AnswerContext about;
  about.headers = &security_->headers;
  Answer answer = MakeAnswer(std::move(response), about);
  co_await Send(std::move(answer), /*head=*/false);
  co_await Linger();
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

std::optional<HttpResponse> Session::Upgrade(const Message& message,
                                             std::shared_ptr<Channel> channel) {
  if (!beast::websocket::is_upgrade(message)) {
    HttpResponse refusal = PlainAnswer(426, "this path speaks WebSocket only");
    refusal.headers.emplace_back("Upgrade", "websocket");
    return refusal;
  }
  auto permit =
      RequestPermit::Take(context_.websockets, context_.options.max_websockets);
  if (!permit) {
    Note(RefusalReason::kWebsockets);
    return TryAgain("too many WebSocket connections");
  }
  given_away_ = true;
  stream_.next_layer().expires_never();
  ServeChannel({std::move(stream_), message, std::move(channel),
                std::get<ConnectionSlot>(std::move(seat_)), std::move(*permit)},
               context_.options);
  return std::nullopt;
}

std::optional<HttpRequest> Session::Understand(const Message& message) const {
  auto target = ParseTarget(View(message.target()));
  if (!target) return std::nullopt;
  HttpRequest request;
  request.method = View(message.method_string());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.parameters = std::move(target->parameters);
  request.headers = Headers(message);
  request.peer_address = peer_address_;
  // Two names for who is asked: neither is believed (RFC 9112 section 3.2.2).
  if (!target->authority.empty()) {
    std::string& host = request.headers["host"];
    if (host.empty()) host = target->authority;
    if (!EqualsIgnoringCase(host, target->authority)) return std::nullopt;
  }
  return request;
}

Answer Session::AnswerTo(const Message& message, HttpResponse response) const {
  return MakeAnswer(
      std::move(response),
      {message.version(), message.keep_alive(),
       View(message[http::field::accept_encoding]), &security_->headers});
}

asio::awaitable<void> RunToEnd(std::unique_ptr<Session> session) {
  co_await session->Run();
}

asio::awaitable<void> SayFarewell(std::unique_ptr<Session> session) {
  co_await session->SayFarewell();
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

void ServeConnection(asio::ip::tcp::socket socket, ConnectionSlot permit,
                     HttpContext& context) {
  auto session =
      std::make_unique<Session>(std::move(socket), std::move(permit), context);
  const auto executor = session->executor();
  asio::co_spawn(executor, RunToEnd(std::move(session)), asio::detached);
}

void SendAway(asio::ip::tcp::socket socket, HttpContext& context) {
  auto permit = RequestPermit::Take(context.farewells, kFarewells);
  if (!permit) {
    beast::error_code ignored;
    socket.non_blocking(true, ignored);
    if (!context.Security()->tls) {
      socket.write_some(
          asio::buffer(kFarewellText.data(), kFarewellText.size()), ignored);
    }
    return;
  }
  auto session =
      std::make_unique<Session>(std::move(socket), std::move(*permit), context);
  const auto executor = session->executor();
  asio::co_spawn(executor, SayFarewell(std::move(session)), asio::detached);
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

}  // namespace ntm
