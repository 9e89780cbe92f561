#include "ntm/server/http_server.h"

#include <algorithm>
#include <chrono>
#include <ctime>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "http_server_fixture.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

using testing::HasSubstr;

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

TEST_F(HttpServerTest, PassesADecodedRequestToTheHandler) {
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
  EXPECT_EQ(StatusFor("GET http://x:1/small HTTP/1.1\r\nHost: X:1\r\n\r\n"),
            200);
  EXPECT_EQ(StatusFor("GET http://x:1/small HTTP/1.0\r\n\r\n"), 200);
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

TEST_F(HttpServerTest, AnswersPipelinedRequestsInEveryOrder) {
  routes_.push_back({"GET", "/long", "", [](const HttpRequest&) {
                       return TextResponse(std::string(4096, 'x'));
                     }});
  Start();
  struct Case {
    const char* request;
    bool head;
    int status;
  };
  const std::vector<Case> cases = {
      {"GET /small HTTP/1.1\r\nHost: a\r\n\r\n", false, 200},
      {"HEAD /small HTTP/1.1\r\nHost: a\r\n\r\n", true, 200},
      {"HEAD /long HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n", true,
       200},
      {"HEAD /nowhere HTTP/1.1\r\nHost: a\r\n\r\n", true, 404},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", false,
       200},
      {"POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
       "3\r\nabc\r\n0\r\n\r\n",
       false, 200}};
  std::vector<size_t> order = {0, 1, 2, 3, 4, 5};
  do {
    std::string all;
    for (const size_t i : order) all += cases[i].request;
    RawHttpClient client(address());
    client.Send(all);
    for (const size_t i : order) {
      const auto answer = cases[i].head ? client.ReadHead() : client.Read();
      ASSERT_TRUE(answer) << all;
      ASSERT_EQ(answer->status, cases[i].status) << all;
    }
    client.Get("/small", "Connection: close\r\n");
    ASSERT_EQ(client.Read()->body, "ok") << all;
    ASSERT_TRUE(client.Closed()) << all;
  } while (std::ranges::next_permutation(order).found);
}

TEST_F(HttpServerTest, IgnoresEmptyLinesBeforeARequest) {
  Start();
  RawHttpClient client(address());
  client.Send("\r\n\r\nGET /small HTTP/1.1\r\nHost: a\r\n\r\n\r\n");
  EXPECT_EQ(client.Read()->body, "ok");
  client.Get("/small");
  EXPECT_EQ(client.Read()->body, "ok");
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

TEST_F(HttpServerTest, SendsContinueIfTheClientWaitsForIt) {
  Start();
  RawHttpClient client(address());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n"
      "Expect: 100-continue\r\n\r\n");
  ASSERT_EQ(client.ReadHead()->status, 100);
  client.Send("abc");
  EXPECT_THAT(client.Read()->body, HasSubstr("body abc\n"));
}

TEST_F(HttpServerTest, GzipsOnlyIfTheClientAcceptsIt) {
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

TEST_F(HttpServerTest, DoesNotGzipSmallResponsesOrHttp10) {
  StartWithLarge();
  EXPECT_EQ(Ask("GET /small HTTP/1.1\r\nHost: a\r\nAccept-Encoding: "
                "gzip\r\n\r\n")
                ->body,
            "ok");
  const auto old = Ask("GET /large HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n");
  ASSERT_TRUE(old);
  EXPECT_TRUE(old->body == large_);
}

TEST_F(HttpServerTest, RefusesRequestsWithoutARoute) {
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
           Case{"nonsense\r\n\r\n", 400}, Case{"GET /small HTTP/1.0\n\n", 400},
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
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\n"
                "Transfer-Encoding: chunked\r\n"
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                400},
           Case{"POST /echo HTTP/1.1\r\nHost: a\r\n"
                "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
                400},
           Case{"GET /small HTTP/1.1\r\nHost: a\r\nX: b\r\n\tc\r\n\r\n", 400},
           Case{"GET /small HTTP/1.1\r\n Host: a\r\n\r\n", 400},
           Case{"\x16\x03\x01", 400},  // TLS, without an end of line
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

TEST_F(HttpServerTest, RefusesMalformedTargetsAndKeepsTheConnection) {
  Start();
  RawHttpClient client(address());
  for (const char* target :
       {"/%zz", "/small?a=%4", "*", "small", "/small?a=b%00c", "/small%00",
        "http://elsewhere/small", "http://test:1/small", "http:///small",
        "http://u@test/small"}) {
    client.Get(target);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << target;
    EXPECT_EQ(answer->status, 400) << target;
  }
  client.Get("/small");
  EXPECT_EQ(client.Read()->status, 200);
}

TEST_F(HttpServerTest, RefusesRequestsThatAreTooLarge) {
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

}  // namespace
}  // namespace ntm
