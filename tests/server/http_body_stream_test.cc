// Bodies that are produced while the client receives them.
#include <atomic>
#include <chrono>
#include <stdexcept>
#include <thread>

#include "http_server_fixture.h"

namespace ntm {
namespace {

using std::chrono::seconds;
using std::chrono::steady_clock;

// Gives a text in pieces, and fails after some of them, if that is wanted.
class Pieces : public BodyStream {
 public:
  static constexpr size_t kPieceBytes = 100'000;

  Pieces(std::string_view text, size_t fails_after, std::atomic<int>* alive)
      : rest_(text), fails_after_(fails_after), alive_(alive) {
    ++*alive_;
  }
  ~Pieces() override { --*alive_; }

  bool Next(std::string* piece) override {
    if (fails_after_-- == 0) throw std::runtime_error("no more luck");
    // Every third piece is empty, which must not end the body.
    const size_t size = ++calls_ % 3 == 0 ? 0 : kPieceBytes;
    piece->assign(rest_.substr(0, size));
    rest_.remove_prefix(piece->size());
    return !rest_.empty();
  }

 private:
  std::string_view rest_;
  size_t fails_after_;
  size_t calls_ = 0;
  std::atomic<int>* alive_;
};

class BodyStreamTest : public HttpServerTest {
 protected:
  static constexpr size_t kNever = 1'000'000;

  // /pieces gives the large text, its first byte with the response itself.
  void StartWithPieces(size_t fails_after = kNever) {
    routes_.push_back({"GET", "/pieces", "", [=, this](const HttpRequest&) {
                         const std::string_view text = large_;
                         HttpResponse response =
                             TextResponse(std::string(text.substr(0, 1)));
                         response.rest = std::make_shared<Pieces>(
                             text.substr(1), fails_after, &alive_);
                         return response;
                       }});
    StartWithLarge();
  }

  // Waits until so many streams exist.
  bool AreAlive(int streams) {
    const auto deadline = steady_clock::now() + seconds(10);
    while (alive_ != streams && steady_clock::now() < deadline) {
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
    return alive_ == streams;
  }
  bool AllEnd() { return AreAlive(0); }

  std::atomic<int> alive_ = 0;
};

TEST_F(BodyStreamTest, ArrivesWholeInChunksAndKeepsTheConnection) {
  StartWithPieces();
  RawHttpClient client(address());
  for (const char* header : {"", "Accept-Encoding: gzip\r\n", ""}) {
    client.Get("/pieces", header);
    const auto answer = client.Read();
    ASSERT_TRUE(answer) << header;
    EXPECT_EQ(answer->headers.at("transfer-encoding"), "chunked");
    EXPECT_EQ(answer->headers.count("content-length"), 0U);
    EXPECT_EQ(answer->headers.at("vary"), "Accept-Encoding");
    const bool gzip = answer->headers.count("content-encoding") == 1;
    EXPECT_EQ(gzip, *header != '\0');
    EXPECT_TRUE((gzip ? Unzipped(answer->body) : answer->body) == large_);
  }
  EXPECT_TRUE(AllEnd());
}

TEST_F(BodyStreamTest, EndsWithTheConnectionInHttp10) {
  StartWithPieces();
  RawHttpClient client(address());
  client.Send(
      "GET /pieces HTTP/1.0\r\nConnection: keep-alive\r\n"
      "Accept-Encoding: gzip\r\n\r\n");
  const auto answer = client.ReadToEnd();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->headers.count("transfer-encoding"), 0U);
  EXPECT_EQ(answer->headers.count("content-length"), 0U);
  EXPECT_EQ(answer->headers.count("content-encoding"), 0U);
  EXPECT_TRUE(answer->body == large_);
}

TEST_F(BodyStreamTest, IsNotSentAfterAHead) {
  StartWithPieces();
  RawHttpClient client(address());
  client.Send("HEAD /pieces HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_EQ(client.ReadHead()->status, 200);
  client.Get("/small");
  EXPECT_EQ(client.Read()->body, "ok");
  EXPECT_TRUE(AllEnd());
}

TEST_F(BodyStreamTest, LooksIncompleteWhenItFails) {
  StartWithPieces(/*fails_after=*/20);
  for (const char* header : {"", "Accept-Encoding: gzip\r\n"}) {
    RawHttpClient client(address());
    client.Get("/pieces", header);
    EXPECT_FALSE(client.Read()) << "the last chunk was sent";
  }
  RawHttpClient old(address());
  old.Send("GET /pieces HTTP/1.0\r\n\r\n");
  EXPECT_FALSE(old.ReadToEnd()) << "the connection was not reset";
  EXPECT_TRUE(AllEnd());
  EXPECT_EQ(StatusFor("GET /small HTTP/1.1\r\nHost: a\r\n\r\n"), 200);
}

TEST_F(BodyStreamTest, LooksIncompleteInHttp10WhenTheClientIsTooSlow) {
  options_.transfer_timeout = std::chrono::milliseconds(200);
  StartWithPieces();
  RawHttpClient old(address());
  old.Send("GET /pieces HTTP/1.0\r\n\r\n");
  EXPECT_TRUE(AreAlive(1));
  EXPECT_TRUE(AllEnd());
  EXPECT_FALSE(old.ReadToEnd()) << "the connection was not reset";
}

TEST_F(BodyStreamTest, IsFreedWhenTheClientDisconnects) {
  StartWithPieces();
  for (const char* header : {"", "Accept-Encoding: gzip\r\n"}) {
    {
      RawHttpClient client(address());
      client.Get("/pieces", header);
      ASSERT_EQ(client.ReadHead()->status, 200);
      EXPECT_EQ(alive_, 1);
    }
    EXPECT_TRUE(AllEnd()) << header;
  }
}

TEST_F(BodyStreamTest, DelaysNobodyElseWhenItsClientsDoNotRead) {
  StartWithPieces();
  std::vector<std::unique_ptr<RawHttpClient>> stalled;
  for (int i = 0; i < 30; ++i) {
    stalled.push_back(std::make_unique<RawHttpClient>(address()));
    stalled.back()->Get("/pieces",
                        i % 2 == 0 ? "" : "Accept-Encoding: gzip\r\n");
  }
  for (const auto& client : stalled) {
    ASSERT_EQ(client->ReadHead()->status, 200);
  }
  RawHttpClient other(address());
  other.Get("/pieces");
  const auto answer = other.Read();
  ASSERT_TRUE(answer);
  EXPECT_TRUE(answer->body == large_);
}

}  // namespace
}  // namespace ntm
