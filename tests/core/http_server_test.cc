#include "ntm/http_server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <future>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "listen_address.h"
#include "listen_socket.h"
#include "ntm/error.h"
#include "raw_http_client.h"

namespace ntm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

constexpr size_t kLargeBytes = 20 * 1000 * 1000;

std::string Unzipped(const std::string& gzip) {
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

// What the sanitizers cost.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr int kSlowdown = 10;
#else
constexpr int kSlowdown = 1;
#endif

// Lines that differ, so that a lost or repeated piece shows.
std::string LargeText() {
  std::string text;
  for (int i = 0; text.size() < kLargeBytes; ++i) {
    text += "ntm_bytes_total{src=\"192.0.2.1\"} " + std::to_string(i) + "\n";
  }
  return text;
}

HttpResponse TextResponse(std::string body) {
  HttpResponse response;
  response.body = std::move(body);
  return response;
}

// Everything of a request that a handler sees, as one text.
HttpResponse Echo(const HttpRequest& request) {
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

TEST_F(HttpServerTest, AnswersAGetWithLengthTypeAndDate) {
  Start();
  const auto answer = Ask("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->version, "HTTP/1.1");
  EXPECT_EQ(answer->body, "ok");
  EXPECT_EQ(answer->headers.at("content-length"), "2");
  EXPECT_EQ(answer->headers.at("content-type"), "text/plain; charset=utf-8");
  EXPECT_EQ(answer->headers.at("x-content-type-options"), "nosniff");
  EXPECT_THAT(answer->headers.at("date"), testing::EndsWith(" GMT"));
  EXPECT_EQ(answer->headers.count("vary"), 0U);
}

TEST_F(HttpServerTest, HandsTheHandlerADecodedRequest) {
  Start();
  const auto answer =
      Ask("GET /%65cho?a=1%202&b=x+y&a=second&c HTTP/1.1\r\nHost: a\r\n"
          "X-A: one\r\nx-a: two\r\n\r\n");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body,
            "GET /echo\nquery a=1 2\nquery b=x y\nquery c=\nx-a=one, two\n"
            "peer 127.0.0.1\nbody \n");
}

TEST_F(HttpServerTest, FindsAPathByItsDecodedName) {
  Start();
  EXPECT_EQ(Ask("GET /a%20b HTTP/1.1\r\nHost: a\r\n\r\n")->body, "space");
  EXPECT_EQ(StatusFor("GET /a+b HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
  EXPECT_EQ(StatusFor("GET http://x:1/small HTTP/1.1\r\nHost: x\r\n\r\n"), 200);
}

TEST_F(HttpServerTest, KeepsAConnectionForTheNextRequest) {
  Start();
  RawHttpClient client(address());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(client.Get("/small"));
    EXPECT_EQ(client.Read()->body, "ok");
  }
  client.Get("/small", "Connection: close\r\n");
  EXPECT_EQ(client.Read()->headers.at("connection"), "close");
  EXPECT_TRUE(client.Closed());
}

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  Start();
  RawHttpClient client(address());
  client.Send(
      "GET /echo?n=1 HTTP/1.1\r\nHost: a\r\n\r\n"
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
      "HEAD /small HTTP/1.1\r\nHost: a\r\n\r\n"
      "GET /echo?n=4 HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(client.Read()->body, HasSubstr("query n=1\n"));
  EXPECT_THAT(client.Read()->body, HasSubstr("body abc\n"));
  EXPECT_EQ(client.ReadHead()->headers.at("content-length"), "2");
  EXPECT_THAT(client.Read()->body, HasSubstr("query n=4\n"));
}

TEST_F(HttpServerTest, ClosesAfterAnHttp10RequestUnlessAskedNotTo) {
  Start();
  RawHttpClient client(address());
  client.Send("GET /small HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  const auto kept = client.Read();
  EXPECT_EQ(kept->version, "HTTP/1.0");
  EXPECT_EQ(kept->headers.at("connection"), "keep-alive");
  client.Send("GET /small HTTP/1.0\r\n\r\n");
  EXPECT_EQ(client.Read()->body, "ok");
  EXPECT_TRUE(client.Closed());
}

TEST_F(HttpServerTest, AnswersHeadLikeGetWithoutABody) {
  StartWithLarge();
  RawHttpClient client(address());
  client.Send("HEAD /large HTTP/1.1\r\nHost: a\r\n\r\n");
  const auto plain = client.ReadHead();
  ASSERT_TRUE(plain);
  EXPECT_EQ(plain->headers.at("content-length"), std::to_string(large_.size()));
  client.Send(
      "HEAD /large HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n");
  EXPECT_EQ(client.ReadHead()->headers.at("content-encoding"), "gzip");
  client.Send("HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(client.ReadHead()->status, 404);
  client.Get("/small");
  EXPECT_EQ(client.Read()->body, "ok") << "a body was sent after a HEAD";
}

TEST_F(HttpServerTest, TakesAChunkedBody) {
  Start();
  EXPECT_THAT(Ask("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                  "chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\n\r\n")
                  ->body,
              HasSubstr("body abcdefg\n"));
}

TEST_F(HttpServerTest, AsksForABodyThatWaitsForIt) {
  Start();
  RawHttpClient client(address());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
      "Expect: 100-continue\r\n\r\n");
  ASSERT_EQ(client.ReadHead()->status, 100);
  client.Send("abc");
  EXPECT_THAT(client.Read()->body, HasSubstr("body abc\n"));
}

TEST_F(HttpServerTest, GzipsOnlyWhereThatIsAccepted) {
  StartWithLarge();
  struct Case {
    const char* header;
    bool gzip;
  };
  for (const Case& each :
       {Case{"", false}, Case{"Accept-Encoding: gzip\r\n", true},
        Case{"Accept-Encoding: deflate, GZIP;q=0.5\r\n", true},
        Case{"Accept-Encoding: *\r\n", true},
        Case{"Accept-Encoding: gzip;q=0, *\r\n", false},
        Case{"Accept-Encoding: gzip;q=0.5, identity\r\n", false},
        Case{"Accept-Encoding: br\r\n", false}}) {
    RawHttpClient client(address());
    client.Get("/large", each.header);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << each.header;
    EXPECT_EQ(answer->headers.at("vary"), "Accept, Accept-Encoding");
    EXPECT_EQ(answer->headers.count("content-encoding"), each.gzip ? 1U : 0U)
        << each.header;
    const std::string text = each.gzip ? Unzipped(answer->body) : answer->body;
    EXPECT_TRUE(text == large_) << each.header;
  }
}

TEST_F(HttpServerTest, LeavesSmallAnswersAndHttp10Unzipped) {
  StartWithLarge();
  EXPECT_EQ(Ask("GET /small HTTP/1.1\r\nHost: a\r\nAccept-Encoding: "
                "gzip\r\n\r\n")
                ->body,
            "ok");
  const auto old = Ask("GET /large HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->body == large_);
}

TEST_F(HttpServerTest, RefusesWhatNoRouteServes) {
  Start();
  EXPECT_EQ(StatusFor("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n"), 404);
  const auto post =
      Ask("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(post->status, 405);
  EXPECT_EQ(post->headers.at("allow"), "GET, HEAD");
  EXPECT_EQ(post->body, "405 Method Not Allowed\n");
  EXPECT_EQ(
      Ask("GET /only-post HTTP/1.1\r\nHost: a\r\n\r\n")->headers.at("allow"),
      "POST");
  EXPECT_EQ(
      Ask("DELETE /echo HTTP/1.1\r\nHost: a\r\n\r\n")->headers.at("allow"),
      "GET, HEAD, POST");
}

TEST_F(HttpServerTest, RefusesMalformedRequestsAndCloses) {
  Start();
  struct Case {
    const char* request;
    int status;
  };
  for (const Case& each : {
           Case{"nonsense\r\n\r\n", 400},
           Case{"GET /small HTTP/3.7\r\nHost: a\r\n\r\n", 400},
           Case{"GET /small HTTP/1.1\r\nHost : a\r\n\r\n", 400},
           Case{"GET /small HTTP/1.1\r\n\r\n", 400},
           Case{"GET /small HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n"
                "Content-Length: 2\r\n\r\nab",
                400},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                400},
           Case{"POST /echo HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"
                "0\r\n\r\n",
                400},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\n"
                "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
                501},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\n"
                "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
                501},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\n"
                "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
                400},
       }) {
    RawHttpClient client(address());
    client.Send(each.request);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << each.request;
    EXPECT_EQ(answer->status, each.status) << each.request;
    EXPECT_EQ(answer->headers.at("connection"), "close") << each.request;
    EXPECT_TRUE(client.Closed()) << each.request;
  }
}

TEST_F(HttpServerTest, RefusesMalformedTargetsAndGoesOn) {
  Start();
  RawHttpClient client(address());
  for (const char* target : {"/%zz", "/small?a=%4", "*", "small"}) {
    client.Get(target);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, 400) << target;
  }
  client.Get("/small");
  EXPECT_EQ(client.Read()->status, 200);
}

TEST_F(HttpServerTest, RefusesWhatIsTooLarge) {
  Start();
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\nX-A: " +
                      std::string(17 * 1024, 'a') + "\r\n\r\n"),
            431);
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\nX-A: " +
                      std::string(10 * 1024 * 1024, 'a')),
            431)
      << "the answer must not be lost in a reset";
  EXPECT_EQ(StatusFor("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: "
                      "1048577\r\n\r\n"),
            413);
  EXPECT_EQ(StatusFor("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                      "chunked\r\n\r\n100001\r\n" +
                      std::string(0x100001, 'a') + "\r\n0\r\n\r\n"),
            413);
  EXPECT_EQ(StatusFor("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: "
                      "1048576\r\n\r\n" +
                      std::string(1048576, 'a')),
            200);
}

TEST_F(HttpServerTest, AnswersForHandlersThatThrow) {
  routes_.push_back(
      {"GET", "/error", "", [](const HttpRequest&) -> HttpResponse {
         throw Error("no data: too early; wait");
       }});
  routes_.push_back(
      {"GET", "/secret", "", [](const HttpRequest&) -> HttpResponse {
         throw std::runtime_error("secret");
       }});
  routes_.push_back(
      {"GET", "/odd", "", [](const HttpRequest&) -> HttpResponse { throw 1; }});
  Start();
  RawHttpClient client(address());
  client.Get("/error");
  const auto error = client.Read();
  EXPECT_EQ(error->status, 500);
  EXPECT_THAT(error->body, HasSubstr("no data: too early; wait"));
  for (const char* path : {"/secret", "/odd"}) {
    client.Get(path);
    const auto answer = client.Read();
    EXPECT_EQ(answer->status, 500);
    EXPECT_EQ(answer->body, "500 Internal Server Error\n");
  }
}

TEST_F(HttpServerTest, SendsAHandlersStatusAndHeadersOnOneLineEach) {
  routes_.push_back({"GET", "/moved", "", [](const HttpRequest&) {
                       HttpResponse response = TextResponse("");
                       response.status = 302;
                       response.headers = {{"Location", "/x\r\nX-Evil: 1"}};
                       return response;
                     }});
  routes_.push_back({"POST", "/done", "", [](const HttpRequest&) {
                       HttpResponse response;
                       response.status = 204;
                       return response;
                     }});
  Start();
  RawHttpClient client(address());
  client.Get("/moved");
  const auto moved = client.Read();
  EXPECT_EQ(moved->status, 302);
  EXPECT_EQ(moved->headers.at("location"), "/x  X-Evil: 1");
  EXPECT_EQ(moved->headers.count("x-evil"), 0U);
  client.Send("POST /done HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n");
  const auto done = client.Read();
  EXPECT_EQ(done->status, 204);
  EXPECT_EQ(done->headers.count("content-length"), 0U);
}

TEST_F(HttpServerTest, RefusesMoreRequestsAtOnceThanAllowed) {
  std::promise<void> entered;
  std::promise<void> leave;
  routes_.push_back({"GET", "/wait", "", [&](const HttpRequest&) {
                       entered.set_value();
                       leave.get_future().wait();
                       return TextResponse("waited");
                     }});
  options_.max_requests = 1;
  Start();
  RawHttpClient first(address());
  first.Get("/wait");
  entered.get_future().wait();
  RawHttpClient second(address());
  second.Get("/small");
  const auto refused = second.Read();
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->status, 503);
  EXPECT_EQ(refused->headers.at("retry-after"), "1");
  leave.set_value();
  EXPECT_EQ(first.Read()->body, "waited");
  // The place is free once the answer is written, shortly after it is read.
  const auto deadline = steady_clock::now() + seconds(10);
  int status = 503;
  while (status == 503 && steady_clock::now() < deadline) {
    second.Get("/small");
    status = second.Read()->status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerTest, CountsAnAnswerThatIsNotTakenAsARequest) {
  options_.max_requests = 1;
  StartWithLarge();
  RawHttpClient reader(address());
  reader.Get("/large");
  ASSERT_EQ(reader.ReadHead()->status, 200);
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
}

TEST_F(HttpServerTest, ServesOthersWhileManyDoNotTakeTheirAnswers) {
  StartWithLarge();
  std::vector<std::unique_ptr<RawHttpClient>> stalled;
  for (int i = 0; i < 8; ++i) {
    stalled.push_back(std::make_unique<RawHttpClient>(address()));
    stalled.back()->Get("/large",
                        i % 2 == 0 ? "" : "Accept-Encoding: gzip\r\n");
  }
  for (const auto& client : stalled) {
    ASSERT_EQ(client->ReadHead()->status, 200);
  }
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST_F(HttpServerTest, DisconnectsAClientThatDoesNotTakeItsAnswer) {
  options_.transfer_timeout = milliseconds(200);
  options_.max_requests = 1;
  StartWithLarge();
  RawHttpClient stalled(address());
  stalled.Get("/large");
  ASSERT_EQ(stalled.ReadHead()->status, 200);
  const auto deadline = steady_clock::now() + seconds(10);
  int status = 503;
  while (status == 503 && steady_clock::now() < deadline) {
    status = StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n");
  }
  EXPECT_EQ(status, 200) << "its place was not given back";
}

TEST_F(HttpServerTest, DisconnectsAClientWhoseHeaderTakesTooLong) {
  options_.header_timeout = milliseconds(200);
  Start();
  RawHttpClient silent(address());
  RawHttpClient trickling(address());
  const auto begin = steady_clock::now();
  trickling.Send("GET /small HTTP/1.1\r\n");
  // Each byte sent must not buy more time.
  while (!trickling.ClosedWithin(milliseconds(20)) &&
         steady_clock::now() - begin < seconds(8)) {
    trickling.Send("X");
  }
  EXPECT_LT(steady_clock::now() - begin, seconds(5));
  EXPECT_TRUE(silent.Closed());
}

TEST_F(HttpServerTest, DisconnectsAClientWhoseBodyTakesTooLong) {
  options_.transfer_timeout = milliseconds(200);
  Start();
  RawHttpClient client(address());
  client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc");
  EXPECT_TRUE(client.Closed());
}

TEST_F(HttpServerTest, DisconnectsAnIdleClient) {
  options_.idle_timeout = milliseconds(200);
  Start();
  RawHttpClient client(address());
  client.Get("/small");
  ASSERT_EQ(client.Read()->status, 200);
  EXPECT_TRUE(client.Closed());
}

TEST_F(HttpServerTest, ClosesConnectionsBeyondTheLimit) {
  options_.max_connections = 2;
  Start();
  RawHttpClient first(address());
  first.Get("/small");
  ASSERT_TRUE(first.Read());
  {
    RawHttpClient second(address());
    second.Get("/small");
    ASSERT_TRUE(second.Read());
    RawHttpClient third(address());
    third.Get("/small");
    EXPECT_FALSE(third.Read());
  }
  const auto deadline = steady_clock::now() + seconds(10);
  bool served = false;
  while (!served && steady_clock::now() < deadline) {
    RawHttpClient fourth(address());
    served = fourth.Get("/small") && fourth.Read();
  }
  EXPECT_TRUE(served) << "the second's place was not given back";
}

TEST_F(HttpServerTest, WaitsWithoutSpinningWhenOutOfDescriptors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "UndefinedBehaviorSanitizer looks at memory through a pipe "
                  "and reports a fault where it gets no descriptor";
#endif
  Start();
  RawHttpClient client(address());  // in the backlog or accepted
  client.Get("/small");
  ASSERT_TRUE(client.Read());
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int lowest_free = dup(0);
  ASSERT_GE(lowest_free, 0);
  close(lowest_free);
  // Room for the client's own socket and for no other.
  rlimit few = before;
  few.rlim_cur = static_cast<rlim_t>(lowest_free) + 1;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &few), 0);
  RawHttpClient late(address());
  const bool asked = late.Get("/small");
  const std::clock_t cpu_before = std::clock();
  std::this_thread::sleep_for(milliseconds(500));  // what is measured
  const std::clock_t cpu = std::clock() - cpu_before;
  setrlimit(RLIMIT_NOFILE, &before);
  ASSERT_TRUE(asked);
  EXPECT_LT(cpu, CLOCKS_PER_SEC / 10);
  const auto answer = late.Read();
  ASSERT_TRUE(answer) << "it must be accepted once there are descriptors";
  EXPECT_EQ(answer->body, "ok");
}

TEST_F(HttpServerTest, StopsWithinATenthOfASecondWhateverIsOpen) {
  StartWithLarge();
  RawHttpClient idle(address());
  idle.Get("/small");
  ASSERT_TRUE(idle.Read());
  RawHttpClient half(address());
  half.Send("GET /sm");
  RawHttpClient half_body(address());
  half_body.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
  RawHttpClient stalled(address());
  stalled.Get("/large", "Accept-Encoding: gzip\r\n");
  ASSERT_TRUE(stalled.ReadHead());
  RawHttpClient plain(address());
  plain.Get("/large");
  ASSERT_TRUE(plain.ReadHead());
  const auto begin = steady_clock::now();
  server_->Stop();
  EXPECT_LT(steady_clock::now() - begin, milliseconds(100) * kSlowdown);
  EXPECT_TRUE(idle.Closed());
  server_->Stop();
  EXPECT_TRUE(server_->addresses().empty());
}

TEST_F(HttpServerTest, StartsAgainAfterAStop) {
  Start();
  server_->Stop();
  server_->Start();
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST_F(HttpServerTest, MayBeDestroyedWithoutAStart) {
  HttpServer server(options_, {});
  server.Stop();
  EXPECT_TRUE(server.addresses().empty());
}

TEST_F(HttpServerTest, ListensOnSeveralAddressesAndBothFamilies) {
  options_.listen_addresses = {"127.0.0.1:0", "[::1]:0", "localhost:0"};
  Start();
  const auto addresses = server_->addresses();
  ASSERT_EQ(addresses.size(), 3U);
  EXPECT_THAT(addresses[0], testing::StartsWith("127.0.0.1:"));
  EXPECT_THAT(addresses[1], testing::StartsWith("[::1]:"));
  EXPECT_THAT(addresses[2], testing::StartsWith("127.0.0.1:"));
  RawHttpClient v6(addresses[1]);
  v6.Get("/echo");
  EXPECT_THAT(v6.Read()->body, HasSubstr("peer ::1\n"));
}

TEST_F(HttpServerTest, ListensOnEveryAddressWhereNoneIsGiven) {
  options_.listen_addresses = {":0"};
  Start();
  ASSERT_THAT(address(), testing::StartsWith("[::]:"));
  const std::string port = address().substr(address().rfind(':'));
  RawHttpClient v4("127.0.0.1" + port);
  v4.Get("/echo");
  EXPECT_THAT(v4.Read()->body, HasSubstr("peer 127.0.0.1\n"));
  RawHttpClient v6("[::1]" + port);
  v6.Get("/echo");
  EXPECT_THAT(v6.Read()->body, HasSubstr("peer ::1\n"));
}

std::string StartError(const std::string& address, int* exit_code = nullptr) {
  HttpServerOptions options;
  options.listen_addresses = {address};
  HttpServer server(options, {});
  try {
    server.Start();
  } catch (const Error& error) {
    if (exit_code != nullptr) {
      *exit_code = error.exit_code();
    }
    return error.what();
  }
  return "it started";
}

TEST_F(HttpServerTest, NamesABusyAddressAndTheRemedy) {
  Start();
  EXPECT_EQ(StartError(address()),
            "cannot listen on " + address() +
                ": Address already in use; stop what listens there or take "
                "another port with -p PORT");
}

TEST_F(HttpServerTest, NamesAForeignAddressAndTheRemedy) {
  EXPECT_EQ(StartError("192.0.2.1:0"),
            "cannot listen on 192.0.2.1:0: Cannot assign requested address; "
            "this machine has no such address; take one of its own with -b "
            "ADDRESS");
}

TEST_F(HttpServerTest, RefusesAnAddressThatIsNoneAsAUsageError) {
  for (const char* address :
       {"8000", "host", "host:", "host:99999", "host:-1", "::1:8000", "[]:80",
        "[host]:80", "[::1:80", "host:80x"}) {
    int exit_code = 0;
    EXPECT_THAT(StartError(address, &exit_code),
                HasSubstr("cannot listen on \"" + std::string(address)));
    EXPECT_EQ(exit_code, kExitUsage) << address;
  }
}

TEST_F(HttpServerTest, SaysWhenSystemdPassedNoSocket) {
  unsetenv("LISTEN_PID");
  HttpServerOptions options;
  options.systemd_socket = true;
  HttpServer server(options, {});
  EXPECT_THROW(server.Start(), Error);
  setenv("LISTEN_PID", "1", 1);
  setenv("LISTEN_FDS", "1", 1);
  EXPECT_THROW(server.Start(), Error) << "they are another process's";
  unsetenv("LISTEN_PID");
  unsetenv("LISTEN_FDS");
}

TEST_F(HttpServerTest, TakesTheSocketsOfSystemd) {
  constexpr int kFirst = 3;
  const int saved = dup(kFirst);
  {
    OwnedSocket opened = OpenListenSocket(ParseListenAddress("127.0.0.1:0"));
    ASSERT_EQ(dup2(opened.fd(), kFirst), kFirst);
    if (opened.fd() == kFirst) {
      opened.Release();
    }
  }
  setenv("LISTEN_PID", std::to_string(getpid()).c_str(), 1);
  setenv("LISTEN_FDS", "1", 1);
  options_.systemd_socket = true;
  options_.listen_addresses.clear();
  Start();
  EXPECT_EQ(std::getenv("LISTEN_FDS"), nullptr);
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
  server_->Stop();
  if (saved >= 0) {
    dup2(saved, kFirst);
    close(saved);
  }
}

}  // namespace
}  // namespace ntm
