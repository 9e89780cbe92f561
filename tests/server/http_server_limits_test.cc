#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <ctime>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "http_server_fixture.h"
#include "ntm/access/access_rule.h"
#include "ntm/server/http_server.h"
#include "server/http_router.h"

namespace ntm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

TEST_F(HttpServerTest, RefusesRequestsBeyondTheLimit) {
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
  // The permit is released after the response is written, which may be shortly
  // after the client has read it.
  const auto deadline = steady_clock::now() + seconds(10);
  int status = 503;
  while (status == 503 && steady_clock::now() < deadline) {
    second.Get("/small");
    status = second.Read()->status;
  }
  EXPECT_EQ(status, 200);
}

// Handlers that block until the test releases them.
class BusyServerTest : public HttpServerTest {
 protected:
  ~BusyServerTest() override {
    LetGo();
    server_.reset();
  }

  void AddBusyRoute(const char* path, bool may_block) {
    routes_.push_back({"GET", path, "",
                       [this](const HttpRequest&) {
                         ++inside_;
                         gone_.wait();
                         return TextResponse("waited");
                       },
                       Access::kByMethod, may_block});
  }

  void Ask(const char* path, int times) {
    for (int i = 0; i < times; ++i) {
      clients_.push_back(std::make_unique<RawHttpClient>(address()));
      clients_.back()->Get(path);
    }
  }

  void AwaitInside(int count) const {
    const auto deadline = steady_clock::now() + seconds(30);
    while (inside_ < count && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    ASSERT_GE(inside_, count);
  }

  void LetGo() {
    if (!std::exchange(is_let_go_, true)) let_go_.set_value();
  }

  std::atomic<int> inside_ = 0;
  bool is_let_go_ = false;
  std::promise<void> let_go_;
  std::shared_future<void> gone_ = let_go_.get_future().share();
  std::vector<std::unique_ptr<RawHttpClient>> clients_;
};

TEST_F(BusyServerTest, RefusesRequestsBeyondTheLimitAtOnce) {
  constexpr int kAsked = 30;
  AddBusyRoute("/busy", false);
  options_.max_requests = 4;
  options_.refusals = std::make_shared<HttpRefusals>();
  Start();
  Ask("/busy", kAsked);
  int refused = 0;
  const auto deadline = steady_clock::now() + seconds(30);
  std::vector<bool> has_answer(clients_.size(), false);
  while (refused < kAsked - 4 && steady_clock::now() < deadline) {
    for (size_t i = 0; i < clients_.size(); ++i) {
      if (has_answer[i] || !clients_[i]->ClosedWithin(milliseconds(1)))
        continue;
      has_answer[i] = true;
      EXPECT_EQ(clients_[i]->Read()->status, 503);
      ++refused;
    }
  }
  EXPECT_EQ(refused, kAsked - 4);
  EXPECT_THAT(options_.refusals->TakeLine(),
              testing::StartsWith(
                  "26 requests refused: too many requests at once (26); "
                  "from this machine (26)"));
  LetGo();
  for (size_t i = 0; i < clients_.size(); ++i) {
    if (has_answer[i]) continue;
    EXPECT_EQ(clients_[i]->Read()->status, 200);
  }
}

TEST_F(BusyServerTest, AnswersOpenRoutesAtOnce) {
  AddBusyRoute("/busy", false);
  AddBusyRoute("/disk", true);
  routes_.push_back({"GET", "/alive", "",
                     [](const HttpRequest&) { return TextResponse("alive"); },
                     Access::kOpen});
  options_.max_requests = 10;
  Start();
  Ask("/busy", 5);
  Ask("/disk", 5);
  AwaitInside(4);
  RawHttpClient client(address());
  client.Get("/alive");
  EXPECT_EQ(client.Read()->body, "alive");
}

TEST_F(BusyServerTest, BlockingHandlersDelayOnlyEachOther) {
  AddBusyRoute("/disk", true);
  Start();
  Ask("/disk", 5);
  AwaitInside(2);
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST_F(BusyServerTest, StopsWhileRequestsWaitForAThread) {
  AddBusyRoute("/busy", false);
  AddBusyRoute("/disk", true);
  Start();
  Ask("/busy", 5);
  Ask("/disk", 5);
  AwaitInside(4);
  std::thread stops([this] { server_->Stop(); });
  LetGo();
  stops.join();
  EXPECT_TRUE(server_->addresses().empty());
}

TEST_F(HttpServerTest, OnePeerGetsAShareOfTheConnections) {
  options_.max_connections = 40;
  Start();
  std::vector<std::unique_ptr<RawHttpClient>> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(std::make_unique<RawHttpClient>(address()));
    silent.back()->Get("/small");
    ASSERT_EQ(silent.back()->Read()->status, 200);
  }
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
}

TEST_F(HttpServerTest, ChecksTheHeaderBeforeItReadsTheBody) {
  routes_.push_back({"POST", "/own", "", Echo, Access::kOwn, false,
                     [](const HttpRequest& request) {
                       return request.Header("x-a") == "let me"
                                  ? std::nullopt
                                  : std::optional(PlainAnswer(401));
                     }});
  AccessSettings settings;
  settings.tokens = {DigestOf("right")};
  options_.access = std::make_shared<AccessRule>(settings);
  Start();
  struct Case {
    const char* line;
    int status;
  };
  for (const Case& each : {Case{"POST /nowhere", 404}, Case{"POST /small", 405},
                           Case{"POST /echo", 401}, Case{"POST /own", 401}}) {
    RawHttpClient client(address());
    client.Send(std::string(each.line) +
                " HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n"
                "Expect: 100-continue\r\n\r\n");
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << each.line;
    EXPECT_EQ(answer->status, each.status) << each.line;
    EXPECT_EQ(answer->headers.at("connection"), "close") << each.line;
  }
  EXPECT_EQ(StatusFor("POST /own HTTP/1.1\r\nHost: a\r\nX-A: let me\r\n"
                      "Content-Length: 1\r\n\r\nx"),
            200);
}

TEST_F(HttpServerTest, LimitsTheMemoryOfAllBodies) {
  constexpr size_t kClients = 24;
  constexpr size_t kMost = 16;  // bodies of 1 MiB
  Start();
  const std::string body(1048575, 'x');  // one byte less than announced
  std::vector<std::unique_ptr<RawHttpClient>> clients;
  std::vector<std::thread> senders;
  for (size_t i = 0; i < kClients; ++i) {
    clients.push_back(std::make_unique<RawHttpClient>(address()));
    senders.emplace_back([client = clients.back().get(), &body] {
      client->Send(
          "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1048576\r\n\r\n");
      client->Send(body);
    });
  }
  for (std::thread& sender : senders) sender.join();
  std::vector<bool> refused(kClients, false);
  const auto deadline = steady_clock::now() + seconds(30);
  while (std::ranges::count(refused, true) <
             static_cast<ptrdiff_t>(kClients - kMost) &&
         steady_clock::now() < deadline) {
    for (size_t i = 0; i < kClients; ++i) {
      if (!refused[i] && clients[i]->ClosedWithin(milliseconds(1))) {
        refused[i] = true;
      }
    }
  }
  ASSERT_GE(std::ranges::count(refused, true),
            static_cast<ptrdiff_t>(kClients - kMost));
  int served = 0;
  for (size_t i = 0; i < kClients; ++i) {
    if (refused[i]) continue;
    clients[i]->Send("x");
    const auto answer = clients[i]->Read();
    if (answer && answer->status == 200) ++served;
  }
  EXPECT_GE(served, 1);
  clients.clear();
  EXPECT_EQ(StatusFor("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: "
                      "1048576\r\n\r\nx" +
                      body),
            200)
      << "the memory was not given back";
}

TEST_F(HttpServerTest, CountsAnUnreadResponseAsARequest) {
  options_.max_requests = 1;
  StartWithLarge();
  RawHttpClient reader(address());
  reader.Get("/large");
  ASSERT_EQ(reader.ReadHead()->status, 200);
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 503);
}

TEST_F(HttpServerTest, ServesOthersWhileManyDoNotReadTheirResponses) {
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

TEST_F(HttpServerTest, DisconnectsAClientThatDoesNotReadItsResponse) {
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
  // The timeout must not start again with each byte.
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

TEST_F(HttpServerTest, AnswersAndClosesConnectionsBeyondTheLimit) {
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
    // The client gets the response even if it sends nothing.
    const auto refused = third.Read();
    ASSERT_TRUE(refused);
    EXPECT_EQ(refused->status, 503);
    EXPECT_EQ(refused->headers.at("retry-after"), "1");
    EXPECT_TRUE(third.Closed());
  }
  const auto deadline = steady_clock::now() + seconds(10);
  bool served = false;
  while (!served && steady_clock::now() < deadline) {
    RawHttpClient fourth(address());
    fourth.Get("/small");
    const auto answer = fourth.Read();
    served = answer && answer->status == 200;
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
  // Descriptors for the client's own socket and no other.
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

// How long Stop() takes with clients in every stage of a request.
class StoppingTest : public HttpServerTest {
 protected:
  steady_clock::duration TimeToStop() {
    RawHttpClient idle(address());
    idle.Get("/small");
    EXPECT_TRUE(idle.Read());
    RawHttpClient half(address());
    half.Send("GET /sm");
    RawHttpClient half_body(address());
    half_body.Send(
        "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n");
    RawHttpClient stalled(address());
    stalled.Get("/large", "Accept-Encoding: gzip\r\n");
    EXPECT_TRUE(stalled.ReadHead());
    RawHttpClient plain(address());
    plain.Get("/large");
    EXPECT_TRUE(plain.ReadHead());
    const auto begin = steady_clock::now();
    server_->Stop();
    const auto took = steady_clock::now() - begin;
    EXPECT_TRUE(idle.Closed());
    return took;
  }
};

TEST_F(StoppingTest, StopsWithinATenthOfASecond) {
  StartWithLarge();
  auto least = TimeToStop();
  // A busy machine may delay one attempt, but hardly three.
  for (int again = 0; again < 2; ++again) {
    server_->Start();
    least = std::min(least, TimeToStop());
  }
  EXPECT_LT(least, milliseconds(100) * kSlowdown);
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

}  // namespace
}  // namespace ntm
