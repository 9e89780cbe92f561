#include "ntm/http/http_post.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "ntm/http/http_target.h"
#include "ntm/server/http_server.h"

namespace ntm {
namespace {

using Kind = PostResult::Kind;

HttpTarget Target(const std::string& url) {
  return ParseHttpUrl(url, "/there");
}

// Accepts connections but never answers.
class SilentServer {
 public:
  SilentServer() {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    EXPECT_EQ(bind(fd_, generic, size), 0);
    EXPECT_EQ(listen(fd_, 5), 0);
    EXPECT_EQ(getsockname(fd_, generic, &size), 0);
    url_ = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
  }
  ~SilentServer() { Close(); }
  void Close() {
    if (fd_ >= 0) close(fd_);
    fd_ = -1;
  }
  const std::string& url() const { return url_; }

 private:
  int fd_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  std::string url_;
};

class HttpPostTest : public testing::Test {
 protected:
  void Start() {
    HttpServerOptions options;
    options.listen_addresses = {"127.0.0.1:0"};
    Route route{"POST", "/there", "", [this](const HttpRequest& request) {
                  seen_.push_back(request);
                  HttpResponse response;
                  response.status = status_;
                  response.headers.emplace_back("Location", "/elsewhere");
                  return response;
                }};
    Route elsewhere{"POST", "/elsewhere", "", [this](const HttpRequest&) {
                      ++led_elsewhere_;
                      return HttpResponse();
                    }};
    server_ = std::make_unique<HttpServer>(
        options, std::vector<Route>{route, elsewhere});
    server_->Start();
    url_ = "http://" + server_->addresses().front();
  }

  int status_ = 200;
  int led_elsewhere_ = 0;
  std::vector<HttpRequest> seen_;
  std::string url_;
  std::unique_ptr<HttpServer> server_;
};

TEST_F(HttpPostTest, SendsJsonWithItsToken) {
  Start();
  HttpPost post(Target(url_), "the-token", "");
  const PostResult result = post.Post("{\"a\":1}");
  EXPECT_EQ(result.kind, Kind::kAnswered);
  EXPECT_EQ(result.status, 200);
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].body, "{\"a\":1}");
  EXPECT_EQ(seen_[0].Header("authorization"), "Bearer the-token");
  EXPECT_EQ(seen_[0].Header("content-type"), "application/json");
  EXPECT_THAT(seen_[0].Header("user-agent"), testing::StartsWith("ntm/"));
  EXPECT_EQ(seen_[0].Header("expect"), "");
}

TEST_F(HttpPostTest, SendsNoTokenIfThereIsNone) {
  Start();
  HttpPost post(Target(url_), "", "");
  post.Post("{}");
  ASSERT_EQ(seen_.size(), 1U);
  EXPECT_EQ(seen_[0].headers.count("authorization"), 0U);
}

TEST_F(HttpPostTest, FollowsNoRedirect) {
  Start();
  status_ = 307;
  HttpPost post(Target(url_), "the-token", "");
  EXPECT_EQ(post.Post("{}").status, 307);
  EXPECT_EQ(led_elsewhere_, 0);
}

TEST_F(HttpPostTest, UsesNoProxyOverPlainHttp) {
  Start();
  const SilentServer proxy;
  setenv("http_proxy", proxy.url().c_str(), 1);
  HttpPost post(Target(url_), "the-token", "");
  const PostResult result = post.Post("{}");
  unsetenv("http_proxy");
  EXPECT_EQ(result.status, 200);
}

TEST_F(HttpPostTest, ReportsThatNobodyListens) {
  SilentServer server;
  server.Close();
  HttpPost post(Target(server.url()), "", "");
  const PostResult result = post.Post("{}");
  EXPECT_EQ(result.kind, Kind::kUnreachable);
  EXPECT_THAT(result.what, testing::HasSubstr("onnect"));
}

TEST_F(HttpPostTest, ReportsThatTheServerHasNoTls) {
  Start();
  const std::string https = "https" + url_.substr(std::string("http").size());
  HttpPost post(Target(https), "the-token", "");
  EXPECT_EQ(post.Post("{}").kind, Kind::kUntrusted);
  EXPECT_TRUE(seen_.empty());
}

TEST_F(HttpPostTest, EndsAtOnceWhenItIsStopped) {
  const SilentServer server;
  HttpPost post(Target(server.url()), "", "");
  const auto began = std::chrono::steady_clock::now();
  std::jthread stopper([&post] { post.Stop(); });
  EXPECT_EQ(post.Post("{}").kind, Kind::kStopped);
  EXPECT_EQ(post.Post("{}").kind, Kind::kStopped);
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(5));
}

}  // namespace
}  // namespace ntm
