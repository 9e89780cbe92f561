// Turns a handler's response into the message that goes over the wire. Only
// for http_session.cc: it includes Beast.
//
// Shape    AnswerBody is a Beast body: the text as it is, in one buffer, or
//          gzipped piece by piece as the client takes it.
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
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gzip.h"
#include "ntm/http/route.h"

namespace ntm {

inline constexpr unsigned kHttp11 = 11;  // as Beast has versions

struct AnswerBody {
  struct value_type {
    std::string text;
    bool gzip = false;
  };

  class writer {
   public:
    using const_buffers_type = boost::asio::const_buffer;

    template <bool is_request, class Fields>
    writer(const boost::beast::http::header<is_request, Fields>& /*header*/,
           const value_type& body)
        : body_(body) {}

    void init(boost::system::error_code& error) { error = {}; }

    // The next buffer and whether more may follow.
    boost::optional<std::pair<const_buffers_type, bool>> get(
        boost::system::error_code& error);

   private:
    const value_type& body_;
    std::optional<GzipStream> gzip_;
  };
};

using Answer = boost::beast::http::response<AnswerBody>;

// What of the request the answer depends on.
struct AnswerContext {
  unsigned http_version = 11;
  bool keep_alive = false;
  std::string_view accept_encoding;
  // Of the server's own, in place of the handler's; null for none.
  const std::map<std::string, std::string>* headers = nullptr;
};

Answer MakeAnswer(HttpResponse response, const AnswerContext& context);

}  // namespace ntm
