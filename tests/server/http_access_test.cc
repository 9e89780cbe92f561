// The server with an access rule and with TLS.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "ntm/access/access_rule.h"
#include "ntm/base/error.h"
#include "ntm/server/http_server.h"
#include "raw_http_client.h"

namespace ntm {
namespace {

constexpr char kUpgrade[] =
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";

class HttpAccessTest : public testing::Test {
 protected:
  void Start(AccessSettings settings) {
    HttpServerOptions options;
    options.listen_addresses = {"127.0.0.1:0"};
    options.access = std::make_shared<AccessRule>(std::move(settings));
    options.security.headers = {{"X-Frame-Options", "SAMEORIGIN"}};
    const auto answer = [](const HttpRequest&) { return HttpResponse(); };
    server_ = std::make_unique<HttpServer>(
        options,
        std::vector<Route>{{"GET", "/names", "", answer},
                           {"POST", "/names", "", answer},
                           {"GET", "/free", "", answer, Access::kOpen},
                           {"GET", "/page/{id}", "", answer}},
        std::vector<std::shared_ptr<Channel>>{std::make_shared<Channel>(
            "/ws", [] { return std::string("hello"); })});
    server_->Start();
  }

  RawAnswer Ask(const std::string& line, const std::string& headers = "") {
    RawHttpClient client(server_->addresses().front());
    client.Send(line + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + headers + "\r\n");
    return (line.starts_with("HEAD ") ? client.ReadHead() : client.Read())
        .value_or(RawAnswer());
  }

  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpAccessTest, WebSocketsNeedTheSameCredentials) {
  AccessSettings settings;
  settings.tokens = {DigestOf("right")};
  Start(settings);
  EXPECT_EQ(Ask("GET /ws", kUpgrade).status, 401);
  EXPECT_EQ(
      Ask("GET /ws", kUpgrade + std::string("Authorization: Bearer x\r\n"))
          .status,
      401);
  EXPECT_EQ(
      Ask("GET /ws", kUpgrade + std::string("Authorization: Bearer right\r\n"))
          .status,
      101);
}

TEST_F(HttpAccessTest, WebSocketsOfOtherSitesAreRefused) {
  Start({});
  EXPECT_EQ(Ask("GET /ws", kUpgrade).status, 101);
  EXPECT_EQ(
      Ask("GET /ws", kUpgrade + std::string("Origin: http://a.b\r\n")).status,
      403);
  EXPECT_EQ(
      Ask("GET /ws", kUpgrade + std::string("Origin: http://127.0.0.1\r\n"))
          .status,
      101);
}

TEST_F(HttpAccessTest, EveryFormOfAPathNeedsCredentials) {
  AccessSettings settings;
  settings.tokens = {DigestOf("right")};
  Start(settings);
  for (const char* line :
       {"GET /names", "HEAD /names", "POST /names", "GET /page/x",
        "GET //names", "GET /%6eames", "GET /names?x=/free",
        "GET http://127.0.0.1/names"}) {
    const int status = Ask(line).status;
    EXPECT_TRUE(status == 401 || status == 404 || status == 400)
        << line << ' ' << status;
  }
  EXPECT_EQ(Ask("GET /names").status, 401);
  EXPECT_EQ(Ask("GET /%6eames").status, 401);
  EXPECT_EQ(Ask("GET /free").status, 200);
  EXPECT_EQ(Ask("GET /names", "Authorization: Bearer right\r\n").status, 200);
}

TEST_F(HttpAccessTest, EveryResponseHasTheSecurityHeaders) {
  Start({});
  for (const char* line : {"GET /names", "GET /none", "DELETE /names"}) {
    const RawAnswer answer = Ask(line);
    EXPECT_EQ(answer.headers.at("x-content-type-options"), "nosniff") << line;
    EXPECT_EQ(answer.headers.at("x-frame-options"), "SAMEORIGIN") << line;
    EXPECT_THAT(answer.headers.at("content-security-policy"),
                testing::HasSubstr("default-src 'none'"));
  }
}

TEST_F(HttpAccessTest, RefusesUnusableTlsSettingsAndContinues) {
  Start({});
  HttpSecurity security;
  security.tls.emplace();
  security.tls->certificate_pem = "nonsense";
  EXPECT_THROW(server_->Set(security), Error);
  EXPECT_EQ(Ask("GET /free").status, 200);
}

}  // namespace
}  // namespace ntm
