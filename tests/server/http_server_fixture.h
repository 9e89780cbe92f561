// The shared fixture of the HTTP server's tests: routes that echo, a large
// response, and a server on a free port.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <zlib.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/server/http_server.h"
#include "raw_http_client.h"

namespace ntm {

inline constexpr size_t kLargeBytes = 20 * 1000 * 1000;

inline std::string Unzipped(const std::string& gzip) {
  z_stream stream{};
  EXPECT_EQ(inflateInit2(&stream, MAX_WBITS + 16), Z_OK);
  std::string text;
  std::vector<char> buffer(1 << 20);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gzip.data()));
  stream.avail_in = static_cast<uInt>(gzip.size());
  int result = Z_OK;
  while (result == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(buffer.size());
    result = inflate(&stream, Z_NO_FLUSH);
    text.append(buffer.data(), buffer.size() - stream.avail_out);
  }
  EXPECT_EQ(result, Z_STREAM_END);
  EXPECT_EQ(stream.avail_in, 0U);
  inflateEnd(&stream);
  return text;
}

// Sanitizers make the program slower by this factor.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr int kSlowdown = 10;
#else
inline constexpr int kSlowdown = 1;
#endif

// All lines differ, so that a lost or repeated piece is detected.
inline std::string LargeText() {
  std::string text;
  for (int i = 0; text.size() < kLargeBytes; ++i) {
    text += "ntm_bytes_total{src=\"192.0.2.1\"} " + std::to_string(i) + "\n";
  }
  return text;
}

inline HttpResponse TextResponse(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

// All parts of a request that a handler sees, as one text.
inline HttpResponse Echo(const HttpRequest& request) {
  std::string text = request.method + " " + request.path + "\n";
  for (const auto& [name, value] : request.query) {
    text += "query " + name + "=" + value + "\n";
  }
  text += "x-a=" + request.Header("x-a") + "\n";
  text += "peer " + request.peer_address + "\n";
  text += "body " + request.body + "\n";
  return TextResponse(text);
}

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() { options_.listen_addresses = {"127.0.0.1:0"}; }

  void Start() {
    routes_.push_back({"GET", "/echo", "", Echo});
    routes_.push_back({"POST", "/echo", "", Echo});
    routes_.push_back({"GET", "/small", "",
                       [](const HttpRequest&) { return TextResponse("ok"); }});
    routes_.push_back({"GET", "/a b", "", [](const HttpRequest&) {
                         return TextResponse("space");
                       }});
    routes_.push_back({"POST", "/only-post", "", Echo});
    server_ = std::make_unique<HttpServer>(options_, routes_);
    server_->Start();
  }

  void StartWithLarge() {
    large_ = LargeText();
    routes_.push_back({"GET", "/large", "", [this](const HttpRequest&) {
                         HttpResponse response = TextResponse(large_);
                         response.headers.emplace_back("Vary", "Accept");
                         return response;
                       }});
    Start();
  }

  std::string address() const { return server_->addresses().front(); }

  // Sends `request` on a connection of its own.
  std::optional<RawAnswer> Ask(std::string_view request) const {
    RawHttpClient client(address());
    client.Send(request);
    return client.Read();
  }

  int StatusFor(std::string_view request) const {
    const auto answer = Ask(request);
    return answer ? answer->status : 0;
  }

  HttpServerOptions options_;
  std::vector<Route> routes_;
  std::string large_;
  std::unique_ptr<HttpServer> server_;
};

}  // namespace ntm
