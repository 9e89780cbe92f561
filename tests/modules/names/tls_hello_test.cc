#include "modules/names/tls_hello.h"

#include <gtest/gtest.h>

#include <string>

#include "handshake_fixture.h"

namespace ntm::names {
namespace {

using test::Hello;
using test::HelloBytes;
using test::HelloWith;
using test::TlsRecord;

std::string TextOf(const ClientHello& hello) {
  switch (hello.state) {
    case HelloState::kIncomplete:
      return "(incomplete)";
    case HelloState::kNoName:
      return "(no name)";
    case HelloState::kNoHello:
      return "(no hello)";
    case HelloState::kNamed:
      break;
  }
  return hello.name;
}

std::string Read(const HelloBytes& stream) {
  return TextOf(ReadClientHelloRecords(stream));
}

TEST(TlsHelloTest, FindsTheServerName) {
  EXPECT_EQ(Read(TlsRecord(Hello("www.example.com"))), "www.example.com");
  EXPECT_EQ(Read(TlsRecord(Hello("www.example.com", 1216, true))),
            "www.example.com");
  EXPECT_EQ(TextOf(ReadClientHello(Hello("www.example.com"))),
            "www.example.com");
}

TEST(TlsHelloTest, FindsTheNameInAMessageOfSeveralRecords) {
  const HelloBytes message = Hello("www.example.com", 40);
  for (size_t cut = 1; cut < message.size(); ++cut) {
    const auto middle = message.begin() + static_cast<long>(cut);
    HelloBytes stream = TlsRecord({message.begin(), middle});
    test::Join(&stream, TlsRecord({middle, message.end()}));
    EXPECT_EQ(Read(stream), "www.example.com") << cut;
  }
}

TEST(TlsHelloTest, KnowsAHelloWithoutAName) {
  EXPECT_EQ(Read(TlsRecord(HelloWith(test::Extension(51, {1, 2, 3})))),
            "(no name)");
  EXPECT_EQ(Read(TlsRecord(HelloWith({}))), "(no name)");
  EXPECT_EQ(Read(TlsRecord(HelloWith(test::ServerName("a.example", 7)))),
            "(no name)");
  // TLS 1.0 without extensions.
  HelloBytes old = HelloWith({});
  old.resize(old.size() - 2);
  old[3] = static_cast<uint8_t>(old[3] - 2);
  EXPECT_EQ(Read(TlsRecord(old)), "(no name)");
}

TEST(TlsHelloTest, RefusesWhatIsNoClientHello) {
  EXPECT_EQ(Read(TlsRecord({2, 0, 0, 0})), "(no hello)");
  EXPECT_EQ(Read(TlsRecord(Hello("a.example"), 23)), "(no hello)");
  EXPECT_EQ(Read({'G', 'E', 'T', ' '}), "(no hello)");
  EXPECT_EQ(Read(TlsRecord({})), "(no hello)");
  HelloBytes record = TlsRecord(Hello("a.example"));
  record[1] = 2;
  EXPECT_EQ(Read(record), "(no hello)");
}

TEST(TlsHelloTest, RefusesLengthsThatContradictEachOther) {
  const HelloBytes name = {'a', '.', 'b'};
  // The name is longer than its list, the list than its extension, the
  // extension than all of them.
  HelloBytes long_name = {0, 0, 4};
  test::Join(&long_name, name);
  EXPECT_EQ(
      Read(TlsRecord(HelloWith(test::Extension(0, test::Sized(2, long_name))))),
      "(no hello)");
  HelloBytes long_list = {0, 9, 0, 0, 3};
  test::Join(&long_list, name);
  EXPECT_EQ(Read(TlsRecord(HelloWith(test::Extension(0, long_list)))),
            "(no hello)");
  HelloBytes long_extension = {0, 0, 0, 99};
  test::Join(&long_extension, test::Sized(2, long_name));
  EXPECT_EQ(Read(TlsRecord(HelloWith(long_extension))), "(no hello)");
  // The message is shorter than its fields.
  HelloBytes short_message = Hello("a.example");
  short_message[2] = 0;
  short_message[3] = 50;
  EXPECT_EQ(Read(TlsRecord(short_message)), "(no hello)");
}

TEST(TlsHelloTest, ACutGivesTheNameOrNone) {
  for (const bool is_name_last : {false, true}) {
    const HelloBytes whole =
        TlsRecord(Hello("www.example.com", 200, is_name_last));
    bool was_named = false;
    for (size_t bytes = 0; bytes <= whole.size(); ++bytes) {
      // A block of exactly this size, so that a sanitizer sees more.
      const HelloBytes cut(whole.begin(),
                           whole.begin() + static_cast<long>(bytes));
      const std::string read = Read(cut);
      EXPECT_EQ(read, was_named || read == "www.example.com" ? "www.example.com"
                                                             : "(incomplete)")
          << bytes;
      was_named = read == "www.example.com";
    }
    EXPECT_TRUE(was_named);
  }
}

TEST(TlsHelloTest, AFlippedBitGivesANameOrNone) {
  const HelloBytes whole = TlsRecord(Hello("www.example.com", 60));
  size_t unharmed = 0;
  for (size_t bit = 0; bit < whole.size() * 8; ++bit) {
    HelloBytes flipped = whole;
    flipped[bit / 8] = static_cast<uint8_t>(flipped[bit / 8] ^ 1U << bit % 8);
    const ClientHello hello = ReadClientHelloRecords(flipped);
    EXPECT_EQ(hello.name.empty(), hello.state != HelloState::kNamed);
    unharmed += hello.name == "www.example.com" ? 1 : 0;
  }
  EXPECT_GT(unharmed, 1000U) << "bits of the random, of the keys …";
}

TEST(TlsHelloTest, KnowsAServerHello) {
  EXPECT_TRUE(BeginsServerHello(test::ServerHello()));
  EXPECT_FALSE(BeginsServerHello(TlsRecord(Hello("a.example"))));
  EXPECT_FALSE(BeginsServerHello(TlsRecord({2, 40}, 21))) << "an alert";
  EXPECT_FALSE(BeginsServerHello(HelloBytes{22, 3, 3, 0, 4}));
  EXPECT_FALSE(BeginsServerHello({}));
}

TEST(TlsHelloTest, FindsTheNameBeforeTheRestIsThere) {
  HelloBytes whole = TlsRecord(Hello("www.example.com", 1500));
  whole.resize(200);
  EXPECT_EQ(Read(whole), "www.example.com");
}

}  // namespace
}  // namespace ntm::names
