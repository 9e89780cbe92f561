#include "http_answer.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/fields.hpp>
#include <cstddef>
#include <ctime>
#include <exception>
#include <utility>

#include "ntm/exposition/accept_header.h"
#include "ntm/http/accept_encoding.h"

namespace ntm {
namespace {

namespace http = boost::beast::http;

// A smaller response fits into one packet anyway.
constexpr size_t kWorthGzip = 1024;

// Text, or mostly text.
bool IsText(std::string_view content_type) {
  constexpr std::array<std::string_view, 6> kTexts{
      "text/",
      "application/json",
      "application/openmetrics-text",
      "application/vnd.google.protobuf",
      "application/javascript",
      "image/svg+xml"};
  return std::ranges::any_of(kTexts, [&](std::string_view start) {
    return content_type.starts_with(start);
  });
}

bool HasBody(int status) { return status != 204 && status != 304; }

// Replaces line breaks, so that a value cannot inject another header.
std::string OneLine(std::string value) {
  std::ranges::replace_if(
      value, [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  return value;
}

std::string HttpDate() {
  const std::time_t now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  std::array<char, 32> text{};
  const size_t size = std::strftime(text.data(), text.size(),
                                    "%a, %d %b %Y %H:%M:%S GMT", &utc);
  return {text.data(), size};
}

// The security headers of a response whose handler sets none.
void SetSafeDefaults(Answer* answer) {
  answer->set("X-Content-Type-Options", "nosniff");
  answer->set("X-Frame-Options", "DENY");
  answer->set("Referrer-Policy", "no-referrer");
  answer->set("Cross-Origin-Resource-Policy", "same-origin");
  answer->set("Content-Security-Policy",
              "default-src 'none'; frame-ancestors 'none'");
}

}  // namespace

std::string_view AnswerBody::writer::NextText() {
  if (!has_begun_) {
    has_begun_ = true;
    if (!body_.text.empty()) return body_.text;
  }
  body_.text.clear();
  while (body_.text.empty() && body_.rest != nullptr) {
    if (!body_.rest->Next(&body_.text)) body_.rest.reset();
  }
  return body_.text;
}

boost::optional<std::pair<AnswerBody::writer::const_buffers_type, bool>>
AnswerBody::writer::Next() {
  if (!body_.gzip) {
    const std::string_view text = NextText();
    // An empty chunk would be the end of the body.
    if (text.empty()) return boost::none;
    return {
        {const_buffers_type(text.data(), text.size()), body_.rest != nullptr}};
  }
  if (!gzip_) gzip_.emplace([this] { return NextText(); });
  const std::string_view piece = gzip_->Next();
  if (piece.empty()) return boost::none;
  return {{const_buffers_type(piece.data(), piece.size()), true}};
}

boost::optional<std::pair<AnswerBody::writer::const_buffers_type, bool>>
AnswerBody::writer::get(boost::system::error_code& error) {
  error = {};
  try {
    return Next();
  } catch (const std::exception& failure) {
    spdlog::error(
        "http: a response failed after its beginning: {}; the "
        "connection was closed",
        failure.what());
  } catch (...) {
    spdlog::error(
        "http: a response failed after its beginning; the "
        "connection was closed");
  }
  error = boost::system::errc::make_error_code(boost::system::errc::io_error);
  return boost::none;
}

Answer MakeAnswer(HttpResponse response, const AnswerContext& context) {
  Answer answer;
  answer.result(static_cast<unsigned>(response.status));
  answer.version(context.http_version);
  answer.set(http::field::date, HttpDate());
  SetSafeDefaults(&answer);
  std::string vary;
  bool encoded = false;
  for (auto& [name, value] : response.headers) {
    if (EqualsIgnoringCase(name, "Vary")) {
      vary += (vary.empty() ? "" : ", ") + value;
      continue;
    }
    encoded = encoded || EqualsIgnoringCase(name, "Content-Encoding");
    if (EqualsIgnoringCase(name, "Content-Security-Policy")) {
      answer.erase(name);  // replaces the default
    }
    answer.insert(name, OneLine(std::move(value)));
  }
  if (context.headers != nullptr) {
    for (const auto& [name, value] : *context.headers) {
      answer.set(name, OneLine(value));
    }
  }
  const bool has_body = HasBody(response.status);
  const bool has_rest = has_body && response.rest != nullptr;
  const bool may_gzip = has_body && !encoded &&
                        (has_rest || response.body.size() >= kWorthGzip) &&
                        IsText(response.content_type);
  // The length is not known in advance, and HTTP/1.0 has no chunked coding.
  const bool gzip = may_gzip && context.http_version == kHttp11 &&
                    PrefersGzip(context.accept_encoding);
  if (may_gzip) {
    vary += vary.empty() ? "Accept-Encoding" : ", Accept-Encoding";
  }
  if (!vary.empty()) {
    answer.set(http::field::vary, OneLine(std::move(vary)));
  }
  if (has_body) {
    answer.set(http::field::content_type,
               OneLine(std::move(response.content_type)));
    answer.body() = {std::move(response.body), gzip, std::move(response.rest)};
  }
  if (gzip) answer.set(http::field::content_encoding, "gzip");
  if (gzip || (has_rest && context.http_version == kHttp11)) {
    answer.chunked(true);
  } else if (has_body && !has_rest) {
    answer.content_length(answer.body().text.size());
  }
  answer.keep_alive(context.keep_alive && !EndsWithConnection(answer));
  return answer;
}

}  // namespace ntm
