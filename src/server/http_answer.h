// Turns a handler's response into the Beast message that is sent. Only for the
// HTTP server, because it includes Beast.
//
// Shape    AnswerBody is a Beast body: the text in one buffer, and its rest, if
//          there is one, in pieces as the client receives them; or both
//          gzipped, in pieces as well.
// Threads  not synchronised.
// Source   RFC 9110 sections 6.6.1 (Date), 8.4 and 12.5.5 (Vary).
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/optional.hpp>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gzip.h"
#include "ntm/http/route.h"

namespace ntm {

inline constexpr unsigned kHttp11 = 11;  // Beast's number for HTTP/1.1

struct AnswerBody {
  struct value_type {
    std::string text;  // while `rest` is sent: its current piece
    bool gzip = false;
    std::shared_ptr<BodyStream> rest = nullptr;
  };

  class writer {
   public:
    using const_buffers_type = boost::asio::const_buffer;

    // Not const: a piece of the rest takes the place of the one before.
    template <bool is_request, class Fields>
    writer(boost::beast::http::header<is_request, Fields>& /*header*/,
           value_type& body)
        : body_(body) {}

    void init(boost::system::error_code& error) { error = {}; }

    // The next buffer and whether more may follow. An exception of the rest is
    // logged and becomes an error.
    boost::optional<std::pair<const_buffers_type, bool>> get(
        boost::system::error_code& error);

   private:
    // The next piece of the text; empty at the end.
    std::string_view NextText();
    boost::optional<std::pair<const_buffers_type, bool>> Next();

    value_type& body_;
    bool has_begun_ = false;
    std::optional<GzipStream> gzip_;
  };
};

using Answer = boost::beast::http::response<AnswerBody>;

// Whether the body ends where the connection does.
inline bool EndsWithConnection(const Answer& answer) {
  return answer.body().rest != nullptr && !answer.chunked();
}

// The properties of the request that the response depends on.
struct AnswerContext {
  unsigned http_version = 11;
  bool keep_alive = false;
  std::string_view accept_encoding;
  // The server's headers, which replace the handler's; null for none.
  const std::map<std::string, std::string>* headers = nullptr;
};

Answer MakeAnswer(HttpResponse response, const AnswerContext& context);

}  // namespace ntm
