#include "request_reader.h"

#include <algorithm>
#include <boost/asio/write.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/read.hpp>
#include <cstdint>
#include <map>

#include "http_answer.h"
#include "ntm/base/ascii.h"
#include "ntm/exposition/accept_header.h"
#include "request_target.h"

namespace ntm {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr uint32_t kHeaderLimitBytes = 16 * 1024;
constexpr uint64_t kBodyLimitBytes = 1024 * 1024;
constexpr size_t kBodiesLimitBytes = 16 * 1024 * 1024;
constexpr size_t kReadBytes = 2048;
constexpr std::string_view kHeaderEnd = "\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// The status that tells the client what is wrong, or kGone.
int StatusOf(const beast::error_code& error) {
  if (error == http::error::header_limit) return 431;
  if (error == http::error::body_limit) return 413;
  const bool by_parser =
      error.category() == make_error_code(http::error::bad_method).category();
  return by_parser && error != http::error::end_of_stream &&
                 error != http::error::partial_message
             ? 400
             : kGone;
}

// Returns 0, or the status for a header that two recipients, such as a proxy
// and this server, could read differently (request smuggling).
int FaultOf(const HttpMessage& message) {
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && message.version() == kHttp11)) return 400;
  if (message.count(http::field::transfer_encoding) == 0) return 0;
  if (message.version() != kHttp11 ||
      message.count(http::field::transfer_encoding) > 1) {
    return 400;
  }
  return EqualsIgnoringCase(View(message[http::field::transfer_encoding]),
                            "chunked")
             ? 0
             : 501;
}

// Returns true iff a header line is folded, which two recipients could read
// differently (RFC 9112 section 5.2).
bool IsFolded(std::string_view header) {
  return header.find("\n ") != std::string_view::npos ||
         header.find("\n\t") != std::string_view::npos;
}

// Returns true iff a line after `begin` ends without a carriage return. Waiting
// for the end of such a header would be in vain.
bool HasBareNewline(std::string_view header, size_t begin) {
  for (size_t at = header.find('\n', begin); at != std::string_view::npos;
       at = header.find('\n', at + 1)) {
    if (at == 0 || header[at - 1] != '\r') return true;
  }
  return false;
}

// Returns false if no method starts with this byte: a TLS client, for example,
// gets its response at once.
bool MayStartMethod(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

std::map<std::string, std::string> HeadersOf(const HttpMessage& message) {
  std::map<std::string, std::string> headers;
  for (const auto& field : message) {
    std::string& value = headers[LowerCase(View(field.name_string()))];
    value += (value.empty() ? "" : ", ") + std::string(View(field.value()));
  }
  return headers;
}

}  // namespace

bool BodyMemory::GrowTo(size_t bytes) {
  if (bytes <= own_bytes_) return true;
  const size_t more = bytes - own_bytes_;
  if (total_bytes_.fetch_add(more) + more > kBodiesLimitBytes) {
    total_bytes_ -= more;
    return false;
  }
  own_bytes_ = bytes;
  return true;
}

asio::awaitable<bool> RequestReader::AwaitRequest() {
  if (buffer_.size() > 0) co_return true;
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  ExpireAfter(options_.idle_timeout);
  const size_t size =
      co_await stream_.async_read_some(buffer_.prepare(kReadBytes), token);
  buffer_.commit(size);
  co_return !error;
}

asio::awaitable<int> RequestReader::ReadHeader() {
  parser_.emplace();
  parser_->header_limit(kHeaderLimitBytes);
  parser_->body_limit(kBodyLimitBytes);
  ExpireAfter(options_.header_timeout);
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  size_t looked_at = 0;
  while (true) {
    // Ignore empty lines before a request (RFC 9112 section 2.2).
    while (Buffered().starts_with("\r\n")) buffer_.consume(2);
    const std::string_view text = Buffered();
    if (!text.empty() && text != "\r" && !MayStartMethod(text[0])) {
      co_return 400;
    }
    const size_t end = text.find(kHeaderEnd, looked_at);
    if (HasBareNewline(text.substr(0, end), looked_at)) co_return 400;
    if (end != std::string_view::npos) {
      if (IsFolded(text.substr(0, end))) co_return 400;
      break;
    }
    if (text.size() >= kHeaderLimitBytes) co_return 431;
    looked_at = text.size() - std::min(text.size(), kHeaderEnd.size() - 1);
    const size_t size =
        co_await stream_.async_read_some(buffer_.prepare(kReadBytes), token);
    if (error) co_return kGone;
    buffer_.commit(size);
  }
  buffer_.consume(parser_->put(buffer_.data(), error));
  if (error) co_return StatusOf(error);
  co_return parser_->is_header_done() ? FaultOf(parser_->get()) : 400;
}

asio::awaitable<int> RequestReader::ReadBody(BodyMemory& memory) {
  if (parser_->is_done()) co_return 0;
  ExpireAfter(options_.transfer_timeout);
  if (!co_await AskForBody()) co_return kGone;
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  while (!parser_->is_done()) {
    co_await http::async_read_some(stream_, buffer_, *parser_, token);
    if (error) co_return StatusOf(error);
    if (!memory.GrowTo(parser_->get().body().size())) co_return 503;
  }
  co_return 0;
}

asio::awaitable<bool> RequestReader::AskForBody() {
  if (message().version() != kHttp11 ||
      !EqualsIgnoringCase(View(message()[http::field::expect]),
                          "100-continue")) {
    co_return true;
  }
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  co_await asio::async_write(
      stream_, asio::buffer(kContinue.data(), kContinue.size()), token);
  co_return !error;
}

std::optional<HttpRequest> RequestReader::Request() const {
  auto target = ParseTarget(View(message().target()));
  if (!target) return std::nullopt;
  HttpRequest request;
  request.method = View(message().method_string());
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  request.parameters = std::move(target->parameters);
  request.headers = HeadersOf(message());
  // Refuse a target whose authority differs from Host. RFC 9112 section 3.2.2
  // lets the target win; a proxy may have checked the other one.
  if (!target->authority.empty()) {
    std::string& host = request.headers["host"];
    if (host.empty()) host = target->authority;
    if (!EqualsIgnoringCase(host, target->authority)) return std::nullopt;
  }
  return request;
}

asio::awaitable<void> RequestReader::Drain(std::chrono::milliseconds limit) {
  beast::error_code error;
  auto token = asio::redirect_error(asio::use_awaitable, error);
  stream_.next_layer().socket().shutdown(asio::ip::tcp::socket::shutdown_send,
                                         error);
  buffer_.clear();
  ExpireAfter(limit);
  while (!error) {
    co_await stream_.async_read_some(buffer_.prepare(kReadBytes), token);
  }
}

}  // namespace ntm
