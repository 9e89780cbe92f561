#include "asset_answer.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <stdexcept>
#include <string>

#include "ntm/http/accept_encoding.h"

namespace ntm::web {
namespace {

constexpr int kGzipWindow = 16 + MAX_WBITS;
constexpr char kPolicy[] =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'";

std::string Unzipped(std::string_view gzip) {
  z_stream stream{};
  if (inflateInit2(&stream, kGzipWindow) != Z_OK) {
    throw std::runtime_error("zlib has no memory");
  }
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  std::string text;
  std::array<char, 16384> piece;
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece.data());
    stream.avail_out = static_cast<uInt>(piece.size());
    result = inflate(&stream, Z_NO_FLUSH);
    text.append(piece.data(), piece.size() - stream.avail_out);
  }
  inflateEnd(&stream);
  if (result != Z_STREAM_END) {
    throw std::runtime_error("an embedded file is damaged");
  }
  return text;
}

}  // namespace

HttpResponse AnswerAsset(const Asset& asset, const HttpRequest& request) {
  const bool gzip = PrefersGzip(request.Header("accept-encoding"));
  // A strong ETag identifies the exact bytes, so each encoding has its own.
  const std::string tag =
      fmt::format("\"{}{}\"", asset.tag, gzip ? "-gzip" : "");
  HttpResponse response;
  response.content_type = asset.content_type;
  response.headers = {{"ETag", tag},
                      {"Vary", "Accept-Encoding"},
                      {"Cache-Control", "no-cache"},
                      {"Content-Security-Policy", kPolicy},
                      {"Referrer-Policy", "no-referrer"},
                      {"Cross-Origin-Opener-Policy", "same-origin"},
                      {"Cross-Origin-Resource-Policy", "same-origin"}};
  const std::string known = request.Header("if-none-match");
  if (known.find(tag) != std::string::npos) {
    response.status = 304;
    return response;
  }
  if (gzip) {
    response.headers.emplace_back("Content-Encoding", "gzip");
    response.body = asset.gzip;
  } else {
    // Otherwise the server would compress it.
    response.headers.emplace_back("Content-Encoding", "identity");
    response.body = Unzipped(asset.gzip);
  }
  return response;
}

}  // namespace ntm::web
