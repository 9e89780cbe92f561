#include "modules/names/handshakes.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "handshake_fixture.h"

namespace ntm::names {
namespace {

using test::CryptoPart;
using test::Hello;
using test::HelloBytes;
using test::Initial;
using test::Seal;
using test::ServerHello;
using test::TlsRecord;

constexpr char kCaller[] = "192.168.0.10";
constexpr char kCalled[] = "198.51.100.7";
constexpr int64_t kSecond = 1'000'000'000;

class HandshakesTest : public testing::Test {
 protected:
  static Address At(const std::string& text) {
    return ParseAddress(text).value();
  }

  void SendTls(const HelloBytes& bytes, uint32_t sequence = 1000,
               const std::string& client = kCaller, uint16_t port = 40000) {
    handshakes_.OnTcp({At(client), At(kCalled), port, 443, sequence,
                       bytes.data(), bytes.size(), now_ns_});
  }
  void AnswerTls(const HelloBytes& bytes = ServerHello(),
                 const std::string& client = kCaller, uint16_t port = 40000) {
    handshakes_.OnTcp({At(kCalled), At(client), 443, port, 77, bytes.data(),
                       bytes.size(), now_ns_});
  }
  void SendQuic(const HelloBytes& bytes, const std::string& client = kCaller) {
    handshakes_.OnQuic({At(client), At(kCalled), 50000, 443, bytes.data(),
                        bytes.size(), now_ns_});
  }
  void AnswerQuic(const HelloBytes& to_id = Initial().source_id,
                  uint8_t first = 0xc3, const std::string& client = kCaller) {
    HelloBytes bytes = test::LongHeader(first, 1, to_id, {0xee});
    if (first != 0xf0) test::Join(&bytes, {0, 50});
    bytes.resize(bytes.size() + 50, 0x33);
    handshakes_.OnQuic({At(kCalled), At(client), 443, 50000, bytes.data(),
                        bytes.size(), now_ns_});
  }

  // A ClientHello in CRYPTO frames.
  static HelloBytes Whole(const HelloBytes& message) {
    return CryptoPart(message, 0, message.size());
  }

  uint64_t Ended(HandshakeEnd end,
                 HandshakeProtocol protocol = HandshakeProtocol::kTls) const {
    return handshakes_.ended(protocol, end);
  }

  std::vector<std::string> learned_;
  int64_t now_ns_ = 100 * kSecond;
  Handshakes handshakes_{[this](const Address& client, const Address& server,
                                std::string name) {
    learned_.push_back(ToString(client) + " " + ToString(server) + " " + name);
  }};
};

using Learned = std::vector<std::string>;
const Learned kOne = {"192.168.0.10 198.51.100.7 www.example.com"};

TEST_F(HandshakesTest, BelievesANameOnceTheServerHasAnswered) {
  SendTls(TlsRecord(Hello("www.example.com")));
  EXPECT_TRUE(learned_.empty());
  AnswerTls();
  EXPECT_EQ(learned_, kOne);
  EXPECT_EQ(Ended(HandshakeEnd::kNamed), 1U);
  EXPECT_EQ(handshakes_.pending(), 0U);
}

TEST_F(HandshakesTest, BelievesNoNameWithoutAnAnswer) {
  SendTls(TlsRecord(Hello("www.example.com")));
  AnswerTls(TlsRecord({2, 112}, 21));        // an alert
  AnswerTls(ServerHello(), kCaller, 40001);  // of another connection
  AnswerTls(ServerHello(), "192.168.0.11");
  EXPECT_TRUE(learned_.empty());
  now_ns_ += 11 * kSecond;
  SendTls({0});
  EXPECT_EQ(Ended(HandshakeEnd::kUnanswered), 1U);
  AnswerTls();
  EXPECT_TRUE(learned_.empty());
}

TEST_F(HandshakesTest, PutsSegmentsTogether) {
  const HelloBytes whole = TlsRecord(Hello("www.example.com", 1800, true));
  for (const bool answer_first : {false, true}) {
    learned_.clear();
    const uint32_t sequence = 0xfffffff0;  // and wraps
    SendTls({whole.begin(), whole.begin() + 1448}, sequence);
    if (answer_first) AnswerTls();
    EXPECT_TRUE(learned_.empty());
    SendTls({whole.begin() + 1448, whole.end()}, sequence + 1448);
    if (!answer_first) AnswerTls();
    EXPECT_EQ(learned_, kOne);
  }
}

TEST_F(HandshakesTest, TakesThreeSegmentsInAnyOrderAfterTheFirst) {
  const HelloBytes whole = TlsRecord(Hello("www.example.com", 1800, true));
  SendTls({whole.begin(), whole.begin() + 700}, 1);
  SendTls({whole.begin() + 1400, whole.end()}, 1401);
  SendTls({whole.begin(), whole.begin() + 700}, 1);  // again
  SendTls({whole.begin() + 650, whole.begin() + 1500}, 651);
  AnswerTls();
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, ARestThatIsMissingGivesNoName) {
  const HelloBytes whole = TlsRecord(Hello("www.example.com", 1800, true));
  SendTls({whole.begin(), whole.begin() + 1448});
  AnswerTls();
  now_ns_ += 11 * kSecond;
  SendTls({0});
  EXPECT_TRUE(learned_.empty());
  EXPECT_EQ(Ended(HandshakeEnd::kIncomplete), 1U);
}

TEST_F(HandshakesTest, CountsWhatHasNoNameAndWhatIsNoHello) {
  SendTls(TlsRecord(test::HelloWith(test::Extension(51, {1}))));
  EXPECT_EQ(Ended(HandshakeEnd::kNoName), 1U);
  SendTls(TlsRecord(Hello("")), 1000, kCaller, 40001);
  EXPECT_EQ(Ended(HandshakeEnd::kNoName), 2U);
  HelloBytes lie = TlsRecord(Hello("a.example"));
  lie[6] = lie[7] = 0;  // the length of the message
  lie[8] = 40;
  SendTls(lie, 1000, kCaller, 40002);
  EXPECT_EQ(Ended(HandshakeEnd::kUnreadable), 1U);
  SendTls({'G', 'E', 'T', ' ', '/', ' '}, 1000, kCaller, 40003);
  EXPECT_EQ(handshakes_.pending(), 0U);
}

TEST_F(HandshakesTest, BeginsAgainWhenPortsAreUsedAgain) {
  SendTls(TlsRecord(Hello("old.example")), 1000);
  SendTls(TlsRecord(Hello("www.example.com")), 900'000'000);
  AnswerTls();
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, EachClientHasItsName) {
  SendTls(TlsRecord(Hello("a.example")), 1, "192.168.0.10");
  SendTls(TlsRecord(Hello("b.example")), 1, "192.168.0.11");
  AnswerTls(ServerHello(), "192.168.0.11");
  AnswerTls(ServerHello(), "192.168.0.10");
  EXPECT_EQ(learned_, (Learned{"192.168.0.11 198.51.100.7 b.example",
                               "192.168.0.10 198.51.100.7 a.example"}));
}

TEST_F(HandshakesTest, HoldsFewAndDisplacesTheOldest) {
  for (uint32_t i = 0; i < 3 * Handshakes::kMostPending; ++i) {
    SendTls(TlsRecord(Hello("www.example.com")), 1, kCaller,
            static_cast<uint16_t>(1000 + i));
    ASSERT_LE(handshakes_.pending(), Handshakes::kMostPending);
  }
  EXPECT_EQ(Ended(HandshakeEnd::kDisplaced), 2 * Handshakes::kMostPending);
  AnswerTls(ServerHello(), kCaller, 1000);
  EXPECT_TRUE(learned_.empty());
  AnswerTls(ServerHello(), kCaller,
            static_cast<uint16_t>(1000 + 3 * Handshakes::kMostPending - 1));
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, BelievesAQuicNameOnceTheServerHasAnswered) {
  SendQuic(Seal(Whole(Hello("www.example.com"))));
  EXPECT_TRUE(learned_.empty());
  AnswerQuic({1, 1, 1});  // of another connection
  EXPECT_TRUE(learned_.empty());
  AnswerQuic();
  EXPECT_EQ(learned_, kOne);
  EXPECT_EQ(Ended(HandshakeEnd::kNamed, HandshakeProtocol::kQuic), 1U);
}

TEST_F(HandshakesTest, AClientMayHaveAnEmptyConnectionId) {
  Initial initial;
  initial.source_id = {};
  SendQuic(Seal(Whole(Hello("www.example.com")), initial));
  AnswerQuic({}, 0xa3);  // a Handshake packet without the fixed bit
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, PutsCryptoFramesOfSeveralDatagramsTogether) {
  const HelloBytes hello = Hello("www.example.com", 1500, true);
  HelloBytes first = CryptoPart(hello, 900, 1000);
  test::Join(&first, {1, 0, 0});
  test::Join(&first, CryptoPart(hello, 0, 300));
  HelloBytes second = CryptoPart(hello, 1000, hello.size());
  test::Join(&second, CryptoPart(hello, 300, 901));
  for (const bool in_order : {true, false}) {
    learned_.clear();
    Initial initial;
    initial.destination_id[0] = in_order ? 1 : 2;  // another connection
    Initial next = initial;
    next.number = 1;
    SendQuic(in_order ? Seal(first, initial) : Seal(second, next));
    AnswerQuic();  // it acknowledges
    EXPECT_TRUE(learned_.empty());
    SendQuic(in_order ? Seal(second, next) : Seal(first, initial));
    EXPECT_EQ(learned_, kOne) << in_order;
  }
}

TEST_F(HandshakesTest, ReadsARestThatGoesToTheIdThatTheServerChose) {
  const HelloBytes hello = Hello("www.example.com", 1500, true);
  SendQuic(Seal(CryptoPart(hello, 0, 900)));
  AnswerQuic();
  Initial rest;
  rest.keys_of = Initial().destination_id;
  rest.destination_id = {0xee};
  SendQuic(Seal(CryptoPart(hello, 900, hello.size()), rest));
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, FollowsARetry) {
  SendQuic(Seal(Whole(Hello("www.example.com"))));
  AnswerQuic(Initial().source_id, 0xf0);
  EXPECT_TRUE(learned_.empty()) << "Retry is no answer";
  Initial again;
  again.destination_id = {0xee, 0xee, 0xee, 0xee};
  again.token = HelloBytes(60, 4);
  again.number = 1;
  SendQuic(Seal(Whole(Hello("www.example.com")), again));
  AnswerQuic();
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, ARetryInTheMiddleBeginsAgain) {
  const HelloBytes hello = Hello("www.example.com", 1500, true);
  SendQuic(Seal(CryptoPart(hello, 0, 900)));
  AnswerQuic(Initial().source_id, 0xf0);
  Initial again;
  again.destination_id = {0xee, 0xee, 0xee, 0xee};
  SendQuic(Seal(CryptoPart(hello, 0, 900), again));
  SendQuic(Seal(CryptoPart(hello, 900, hello.size()), again));
  AnswerQuic();
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, ReadsCoalescedPackets) {
  const HelloBytes hello = Hello("www.example.com", 40);
  Initial small;
  small.padded_bytes = 0;
  HelloBytes datagram = Seal(CryptoPart(hello, 100, hello.size()), small);
  HelloBytes zero_rtt = test::LongHeader(0xd0, 1, small.destination_id, {9});
  test::Join(&zero_rtt, {30});
  zero_rtt.resize(zero_rtt.size() + 30, 1);
  test::Join(&datagram, zero_rtt);
  small.number = 1;
  test::Join(&datagram, Seal(CryptoPart(hello, 0, 100), small));
  datagram.resize(datagram.size() + 300);  // what follows is none
  SendQuic(datagram);
  AnswerQuic();
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, AFloodOfPacketsInADatagramIsCutShort) {
  Initial small;
  small.padded_bytes = 0;
  HelloBytes datagram;
  for (uint32_t i = 0; i < 50; ++i) {
    small.number = i;
    test::Join(&datagram, Seal({1}, small));
  }
  test::Join(&datagram, Seal(Whole(Hello("www.example.com"))));
  SendQuic(datagram);
  AnswerQuic();
  EXPECT_TRUE(learned_.empty());
}

TEST_F(HandshakesTest, IgnoresWhatDoesNotOpen) {
  Initial forged;
  forged.keys_of = HelloBytes{1, 1, 1, 1, 1, 1, 1, 1};
  SendQuic(Seal(Whole(Hello("evil.example")), forged));
  EXPECT_EQ(handshakes_.pending(), 0U);
  // A lying length, for both of the packets that follow each other.
  Initial lie;
  lie.length = 5;
  SendQuic(Seal(Whole(Hello("evil.example")), lie));
  lie.length = 9000;
  SendQuic(Seal(Whole(Hello("evil.example")), lie));
  AnswerQuic();
  EXPECT_TRUE(learned_.empty());
}

TEST_F(HandshakesTest, IgnoresCryptoFarBeyondAHello) {
  const HelloBytes hello = Hello("www.example.com");
  HelloBytes frames = test::Crypto(100'000'000, HelloBytes(10, 1));
  test::Join(&frames, Whole(hello));
  SendQuic(Seal(frames));
  AnswerQuic();
  EXPECT_EQ(learned_, kOne);
}

TEST_F(HandshakesTest, AFlippedBitOfAStreamGivesANameOrNone) {
  const HelloBytes whole = TlsRecord(Hello("www.example.com", 30));
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    HelloBytes flipped = whole;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
    SendTls(flipped, 1, kCaller, static_cast<uint16_t>(bit));
    AnswerTls(ServerHello(), kCaller, static_cast<uint16_t>(bit));
  }
  EXPECT_GT(learned_.size(), 500U);
  EXPECT_LE(handshakes_.pending(), Handshakes::kMostPending);
}

}  // namespace
}  // namespace ntm::names
