#include "http_session.h"

#include <algorithm>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/beast/websocket/rfc6455.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <variant>

#include "http_answer.h"
#include "http_channel.h"
#include "http_stream.h"
#include "request_reader.h"

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr size_t kMaxWaitingHashes = 16;
// How long a connection is still read after a refusal.
constexpr std::chrono::seconds kLinger{1};
constexpr std::string_view kRefusedConnection =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n"
    "Retry-After: 1\r\nConnection: close\r\n\r\n";

HttpResponse TryAgain(const std::string& why) {
  HttpResponse response = PlainAnswer(503, why + "; try again");
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

HttpResponse TooManyPasswords() {
  HttpResponse response = PlainAnswer(429, kTooManyPasswords);
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

class Session {
 public:
  // The slot of a connection, or the permit of one that is being refused.
  using Slot = std::variant<ConnectionSlot, RequestPermit>;

  Session(asio::ip::tcp::socket socket, Slot slot, HttpContext& context)
      : context_(context),
        security_(context.Security()),
        peer_address_(PeerAddress(socket)),
        slot_(std::move(slot)),
        stream_(std::move(socket), security_->tls),
        reader_(stream_, context.options) {}

  // Serves requests until the connection ends.
  asio::awaitable<void> Run();
  // Answers 503 and closes the connection.
  asio::awaitable<void> RefuseConnection();

  auto executor() { return stream_.get_executor(); }

 private:
  void Note(RefusalReason reason) const {
    context_.Note(reason, peer_address_);
  }
  // Counts the response as a refusal if its status is one.
  void NoteStatus(int status) const;
  HttpResponse TooManyRequests() const {
    Note(RefusalReason::kRequests);
    return TryAgain("too many requests at once");
  }

  // A request and its route or channel; or the response that refuses it.
  struct Asked {
    HttpRequest request;
    std::shared_ptr<Channel> channel;
    const Route* route = nullptr;
    std::optional<HttpResponse> refusal;
  };

  // Each returns false when the connection is to be closed.
  // noinline: if inlined, g++ 12 warns of mismatched new and delete for the
  // coroutine's frame.
  [[gnu::noinline]] asio::awaitable<bool> ServeRequest(bool first);
  asio::awaitable<bool> Refuse(int status);
  asio::awaitable<bool> RefuseAndClose(HttpResponse response);
  asio::awaitable<bool> Send(Answer answer, bool head);
  // Whether close() ends the connection with a reset.
  void ResetWhenClosed(bool resets);

  // Finds the route or channel and checks access and limits, by the header.
  asio::awaitable<void> Judge(Asked& asked);
  // The refusal of the access rule; may wait for a password to be hashed.
  asio::awaitable<std::optional<HttpResponse>> AccessRefusal(
      const Route& route, const HttpRequest& request);
  asio::awaitable<HttpResponse> Handle(const Route& route,
                                       const HttpRequest& request);
  // Passes the connection to the channel and returns nothing; or returns the
  // refusal.
  std::optional<HttpResponse> Upgrade(const HttpMessage& message,
                                      std::shared_ptr<Channel> channel);
  bool HasRoomForRequest() const {
    const size_t most = context_.options.max_requests;
    return most == 0 || context_.requests < most;
  }

  Answer AnswerTo(const HttpMessage& message, HttpResponse response) const;

  // Constant after construction
  HttpContext& context_;
  const std::shared_ptr<const ConnectionSecurity> security_;
  const std::string peer_address_;

  Slot slot_;
  HttpStream stream_;
  RequestReader reader_;
  bool is_upgraded_ = false;  // stream_ was moved to a channel
  bool is_reset_ = false;     // in the middle of a response
};

asio::awaitable<void> Session::Run() {
  if (co_await stream_.ShakeHands(context_.options.header_timeout)) co_return;
  bool first = true;
  while (co_await ServeRequest(first)) {
    first = false;
  }
  // close_notify tells the client that nothing was truncated.
  if (!is_upgraded_ && !is_reset_) co_await stream_.EndTls(kLinger);
}

asio::awaitable<void> Session::RefuseConnection() {
  if (co_await stream_.ShakeHands(kLinger)) co_return;
  HttpResponse response = TryAgain("too many connections");
  co_await RefuseAndClose(std::move(response));
}

asio::awaitable<bool> Session::ServeRequest(bool first) {
  if (!first && !co_await reader_.AwaitRequest()) co_return false;
  const int fault = co_await reader_.ReadHeader();
  if (fault != 0) co_return co_await Refuse(fault);
  Asked asked;
  co_await Judge(asked);
  if (asked.refusal && !reader_.is_complete()) {
    NoteStatus(asked.refusal->status);
    co_return co_await RefuseAndClose(std::move(*asked.refusal));
  }
  BodyMemory memory(context_.body_bytes);
  const int body_fault = co_await reader_.ReadBody(memory);
  if (body_fault != 0) {
    // Free the memory before waiting for the client to read the refusal.
    reader_.Discard();
    memory.Release();
    co_return co_await Refuse(body_fault);
  }
  HttpMessage message = reader_.Release();
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
    // A 400 of a handler is about its parameters, not about malformed HTTP.
    if (response.status != 400) NoteStatus(response.status);
  }
  Answer answer = AnswerTo(message, std::move(response));
  co_return co_await Send(std::move(answer),
                          message.method() == http::verb::head);
}

asio::awaitable<void> Session::Judge(Asked& asked) {
  auto request = reader_.Request();
  if (!request) {
    asked.refusal = PlainAnswer(400, "the request's target is malformed");
    co_return;
  }
  asked.request = std::move(*request);
  asked.request.peer_address = peer_address_;
  asked.channel = context_.ChannelAt(asked.request.path);
  // A channel shows names, so it has the access rule of kNames.
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
  auto judged = access->Judge(route, request);
  if (!judged.must_hash) co_return std::move(judged.refusal);
  const auto permit = RequestPermit::Take(context_.hashes, kMaxWaitingHashes);
  if (!permit) co_return TooManyPasswords();
  co_await context_.passwords.Enter();
  auto refusal = access->JudgeWithHash(route, request);
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

asio::awaitable<bool> Session::Refuse(int status) {
  if (status == kGone) co_return false;
  if (status == 503) {
    Note(RefusalReason::kMemory);
  } else {
    NoteStatus(status);
  }
  HttpResponse response = status == 503
                              ? TryAgain("too many request bodies at once")
                              : PlainAnswer(status);
  co_return co_await RefuseAndClose(std::move(response));
}

asio::awaitable<bool> Session::RefuseAndClose(HttpResponse response) {
  AnswerContext about;
  about.headers = &security_->headers;
  Answer answer = MakeAnswer(std::move(response), about);
  co_await Send(std::move(answer), /*head=*/false);
  co_await reader_.Drain(kLinger);
  co_return false;
}

asio::awaitable<bool> Session::Send(Answer answer, bool head) {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  http::response_serializer<AnswerBody> serializer(answer);
  auto& connection = stream_.next_layer();
  connection.expires_after(context_.options.transfer_timeout);
  if (head) {
    co_await http::async_write_header(stream_, serializer, token);
    co_return !error && answer.keep_alive();
  }
  // Without a length the client knows only by a reset that the body is
  // incomplete, also where the timeout closes the connection.
  const bool must_reset = EndsWithConnection(answer);
  if (must_reset) ResetWhenClosed(true);
  co_await http::async_write(stream_, serializer, token);
  if (must_reset && error) {
    connection.close();
    is_reset_ = true;
  } else if (must_reset) {
    ResetWhenClosed(false);
  }
  co_return !error && answer.keep_alive();
}

void Session::ResetWhenClosed(bool resets) {
  beast::error_code ignored;
  stream_.next_layer().socket().set_option(asio::socket_base::linger(resets, 0),
                                           ignored);
}

std::optional<HttpResponse> Session::Upgrade(const HttpMessage& message,
                                             std::shared_ptr<Channel> channel) {
  if (!beast::websocket::is_upgrade(message)) {
    HttpResponse refusal = PlainAnswer(426, "this path is for WebSocket only");
    refusal.headers.emplace_back("Upgrade", "websocket");
    return refusal;
  }
  auto permit =
      RequestPermit::Take(context_.websockets, context_.options.max_websockets);
  if (!permit) {
    Note(RefusalReason::kWebsockets);
    return TryAgain("too many WebSocket connections");
  }
  is_upgraded_ = true;
  stream_.next_layer().expires_never();
  ServeChannel({std::move(stream_), message, std::move(channel),
                std::get<ConnectionSlot>(std::move(slot_)), std::move(*permit)},
               context_.options);
  return std::nullopt;
}

Answer Session::AnswerTo(const HttpMessage& message,
                         HttpResponse response) const {
  return MakeAnswer(
      std::move(response),
      {message.version(), message.keep_alive(),
       View(message[http::field::accept_encoding]), &security_->headers});
}

asio::awaitable<void> RunToEnd(std::unique_ptr<Session> session) {
  co_await session->Run();
}

asio::awaitable<void> RefuseToEnd(std::unique_ptr<Session> session) {
  co_await session->RefuseConnection();
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

void ServeConnection(asio::ip::tcp::socket socket, ConnectionSlot slot,
                     HttpContext& context) {
  auto session =
      std::make_unique<Session>(std::move(socket), std::move(slot), context);
  const auto executor = session->executor();
  asio::co_spawn(executor, RunToEnd(std::move(session)), asio::detached);
}

void RefuseConnection(asio::ip::tcp::socket socket, HttpContext& context) {
  auto permit =
      RequestPermit::Take(context.refused_connections, kMaxRefusedConnections);
  if (!permit) {
    beast::error_code ignored;
    socket.non_blocking(true, ignored);
    if (!context.Security()->tls) {
      socket.write_some(
          asio::buffer(kRefusedConnection.data(), kRefusedConnection.size()),
          ignored);
    }
    return;
  }
  auto session =
      std::make_unique<Session>(std::move(socket), std::move(*permit), context);
  const auto executor = session->executor();
  asio::co_spawn(executor, RefuseToEnd(std::move(session)), asio::detached);
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
