#include "modules/names/dns_message.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "dns_fixture.h"

namespace ntm::names {
namespace {

using test::Bytes;
using test::IpBytes;
using test::kNameError;
using test::kQuery;
using test::kResponse;
using test::Message;
using test::Name;
using test::PointerTo;
using test::Record;

constexpr unsigned kQuestionOffset = 12;

// Uses a heap block of exactly this size, so that sanitizers detect a read past
// it.
std::optional<DnsMessage> Parse(const Bytes& bytes) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  return ParseDnsMessage(exact.get(), bytes.size());
}

Bytes GoodAnswer() {
  return Message(
      7, kResponse, "www.example.com", kTypeA,
      {Record(PointerTo(kQuestionOffset), kTypeCname, Name("edge.example.net")),
       Record(Name("edge.example.net"), kTypeA, IpBytes("198.51.100.7"), 60),
       Record(Name("EDGE.example.net"), kTypeA, IpBytes("198.51.100.8"), 61)});
}

TEST(DnsMessageTest, ReadsAQuery) {
  const auto message = Parse(Message(7, kQuery, "www.example.com", kTypeAaaa));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->id, 7);
  EXPECT_FALSE(message->is_response);
  EXPECT_EQ(message->question, "www.example.com");
  EXPECT_EQ(message->question_type, kTypeAaaa);
  EXPECT_TRUE(message->answers.empty());
}

TEST(DnsMessageTest, FollowsTheQuestionsCnames) {
  const auto message = Parse(GoodAnswer());
  ASSERT_TRUE(message);
  EXPECT_TRUE(message->is_response);
  EXPECT_FALSE(message->is_error);
  const auto answers = AnswersOf(*message);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(ToString(answers[0].address), "198.51.100.7");
  EXPECT_EQ(answers[0].ttl_seconds, 60U);
  EXPECT_EQ(ToString(answers[1].address), "198.51.100.8");
}

TEST(DnsMessageTest, LeavesOutRecordsOfOtherNamesTypesAndClasses) {
  const auto message = Parse(Message(
      7, kResponse, "www.example.com", kTypeAaaa,
      {Record(Name("bank.example"), kTypeAaaa, IpBytes("2001:db8::1")),
       Record(Name("www.example.com"), kTypeA, IpBytes("198.51.100.7")),
       Record(Name("www.example.com"), kTypeAaaa, IpBytes("198.51.100.7")),
       Record(Name("www.example.com"), kTypeAaaa, IpBytes("2001:db8::2"), 60,
              3),
       Record(Name("www.example.com"), 46, IpBytes("2001:db8::3")),
       Record(Name("www.example.com"), kTypeAaaa, IpBytes("2001:db8::4"))}));
  ASSERT_TRUE(message);
  const auto answers = AnswersOf(*message);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(ToString(answers[0].address), "2001:db8::4");
}

TEST(DnsMessageTest, ReadsPtrAndEscapesSpecialBytes) {
  Bytes evil = {5, 'a', '.', '"', '\n', 0, 0};
  const auto message = Parse(Message(
      7, kResponse, "7.100.51.198.in-addr.arpa", kTypePtr,
      {Record(PointerTo(kQuestionOffset), kTypePtr, Name("a.example.com")),
       Record(PointerTo(kQuestionOffset), kTypePtr, evil)}));
  ASSERT_TRUE(message);
  const auto answers = AnswersOf(*message);
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].target, "a.example.com");
  EXPECT_NE(answers[1].target.find('\\'), std::string::npos);
  EXPECT_EQ(answers[1].target.find('\n'), std::string::npos);
}

TEST(DnsMessageTest, ReadsTheNegativeTtlFromTheSoaRecord) {
  Bytes soa = Name("ns.example");
  test::Append(&soa, Name("root.example"));
  for (unsigned field : {1U, 2U, 3U, 4U, 120U}) {
    test::Append16(&soa, 0);
    test::Append16(&soa, field);
  }
  for (const unsigned ttl : {60U, 600U}) {
    const auto message =
        Parse(Message(7, kNameError, "7.100.51.198.in-addr.arpa", kTypePtr, {},
                      {Record(Name("example"), 6, soa, ttl)}));
    ASSERT_TRUE(message);
    EXPECT_TRUE(message->is_error);
    EXPECT_EQ(message->absence_seconds, std::min(ttl, 120U));
  }
  EXPECT_EQ(Parse(GoodAnswer())->absence_seconds, std::nullopt);
}

TEST(DnsMessageTest, SurvivesEveryLengthOfAMessage) {
  const Bytes whole = GoodAnswer();
  const size_t question_end =
      Message(7, kResponse, "www.example.com", 1).size();
  for (size_t size = 0; size < whole.size(); ++size) {
    const auto message = Parse(Bytes(
        whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    EXPECT_EQ(message.has_value(), size >= question_end) << size;
    EXPECT_LT(message ? message->answers.size() : 0, 3U);
  }
}

TEST(DnsMessageTest, DetectsCompressionLoops) {
  Bytes head = Message(7, kResponse, "a", kTypePtr);
  head[7] = 1;  // one answer
  const auto at = static_cast<unsigned>(head.size());
  std::vector<Bytes> owners = {
      PointerTo(at),                             // itself
      PointerTo(at + 2),                         // past itself, into the record
      PointerTo(0x3fff),                         // far outside of the message
      {1, 'a', 0xc0, static_cast<uint8_t>(at)},  // back to its own start
      {0x40, 'a'},
      {0x80, 'a'},
      {63, 'a'},  // reserved; cut
  };
  for (const Bytes& owner : owners) {
    Bytes message = head;
    test::Append(&message, Record(owner, kTypePtr, Name("b")));
    const auto parsed = Parse(message);
    ASSERT_TRUE(parsed);
    EXPECT_TRUE(AnswersOf(*parsed).empty());
  }
  Bytes question = {0, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xc0, 12, 0, 1, 0, 1};
  EXPECT_FALSE(Parse(question));
}

TEST(DnsMessageTest, RefusesTargetsThatExceedTheirRecord) {
  Bytes cut = Name("b.example");
  cut.pop_back();  // the record ends before the name does
  const auto message =
      Parse(Message(7, kResponse, "a", kTypePtr,
                    {Record(Name("a"), kTypePtr, cut),
                     Record(Name("a"), kTypePtr, Name("c.example"))}));
  ASSERT_TRUE(message);
  for (const DnsRecord& record : AnswersOf(*message)) {
    EXPECT_NE(record.target.substr(0, 1), "b");
  }
}

TEST(DnsMessageTest, AcceptsExactlyOneQuestionOfClassIn) {
  for (const unsigned count : {0U, 2U, 0xffffU}) {
    Bytes message = Message(7, kQuery, "a.example", kTypeA);
    message[4] = static_cast<uint8_t>(count >> 8);
    message[5] = static_cast<uint8_t>(count);
    EXPECT_FALSE(Parse(message)) << count;
  }
  Bytes chaos = Message(7, kQuery, "version.bind", kTypeA);
  chaos.back() = 3;
  EXPECT_FALSE(Parse(chaos));
}

TEST(DnsMessageTest, ReadsALimitedNumberOfRecords) {
  const std::vector<Bytes> records(
      500, Record(Name("a"), kTypeA, IpBytes("198.51.100.7")));
  const auto message = Parse(Message(7, kResponse, "a", kTypeA, records));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->answers.size(), kMaxRecords);
  EXPECT_FALSE(Parse(Bytes(65536, 0)));
}

TEST(DnsMessageTest, NeverReadsOutsideOfCorruptedMessages) {
  std::mt19937 random(1);
  const Bytes whole = GoodAnswer();
  size_t parsed = 0;
  for (int round = 0; round < 20000; ++round) {
    Bytes message = whole;
    for (int change = 0; change < 4; ++change) {
      message[random() % message.size()] = static_cast<uint8_t>(random());
    }
    message.resize(random() % (message.size() + 1));
    const auto result = Parse(message);
    parsed += result.has_value() ? 1 : 0;
    EXPECT_LE(result ? AnswersOf(*result).size() : 0, kMaxRecords);
  }
  EXPECT_GT(parsed, 0U);
}

TEST(DnsMessageTest, WritesReverseNames) {
  EXPECT_EQ(ReverseName(ParseAddress("198.51.100.7").value()),
            "7.100.51.198.in-addr.arpa");
  EXPECT_EQ(ReverseName(ParseAddress("2001:db8::567:89ab").value()),
            "b.a.9.8.7.6.5.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
            "ip6.arpa");
}

// A response of multicast DNS: no question, and the bit that says that the
// record is the only one.
Bytes Announcement() {
  constexpr unsigned kFlush = 0x8001;
  Bytes out;
  for (const unsigned number : {0U, 0x8400U, 0U, 2U, 0U, 1U}) {
    test::Append16(&out, number);
  }
  test::Append(&out, Record(Name("printer.local"), kTypeA,
                            IpBytes("192.168.0.7"), 120, kFlush));
  test::Append(&out, Record(Name("_ipp._tcp.local"), kTypePtr,
                            Name("a._ipp._tcp.local")));
  test::Append(&out, Record(PointerTo(kQuestionOffset), kTypeAaaa,
                            IpBytes("fe80::7"), 120, kFlush));
  return out;
}

std::vector<DnsRecord> AddressesOf(const Bytes& bytes) {
  const auto exact = std::make_unique<uint8_t[]>(bytes.size());
  std::copy(bytes.begin(), bytes.end(), exact.get());
  return MulticastAddresses(exact.get(), bytes.size());
}

TEST(DnsMessageTest, ReadsTheAddressesOfAnAnnouncement) {
  const auto records = AddressesOf(Announcement());
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].owner, "printer.local");
  EXPECT_EQ(ToString(records[0].address), "192.168.0.7");
  EXPECT_EQ(records[0].ttl_seconds, 120U);
  EXPECT_EQ(records[1].owner, "printer.local");
  EXPECT_EQ(ToString(records[1].address), "fe80::7");
}

TEST(DnsMessageTest, AQueryOrAnErrorAnnouncesNothing) {
  Bytes query = Announcement();
  query[2] = 0;
  EXPECT_TRUE(AddressesOf(query).empty());
  Bytes error = Announcement();
  error[3] = 3;
  EXPECT_TRUE(AddressesOf(error).empty());
}

TEST(DnsMessageTest, ADamagedAnnouncementGivesWhatIsWholeOrNothing) {
  const Bytes whole = Announcement();
  for (size_t bytes = 0; bytes < whole.size(); ++bytes) {
    const Bytes cut(whole.begin(),
                    whole.begin() + static_cast<std::ptrdiff_t>(bytes));
    EXPECT_LT(AddressesOf(cut).size(), 2U);
  }
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    Bytes flipped = whole;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
    EXPECT_LE(AddressesOf(flipped).size(), 3U);
  }
}

}  // namespace
}  // namespace ntm::names
