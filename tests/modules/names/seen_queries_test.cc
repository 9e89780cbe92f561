#include "modules/names/seen_queries.h"

#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "dns_fixture.h"

namespace ntm::names {
namespace {

using std::chrono::seconds;
using test::Bytes;
using test::Message;

// A datagram as captured.
struct Wire {
  std::string src;
  uint16_t src_port;
  std::string dst;
  uint16_t dst_port;
  Bytes message;
};

constexpr char kClient[] = "192.168.0.10";
constexpr char kServer[] = "192.168.0.1";

Wire Query(unsigned id = 7, const std::string& name = "www.example.com") {
  return {kClient, 40000, kServer, 53, Message(id, test::kQuery, name, kTypeA)};
}

Wire Answer(unsigned id = 7, const std::string& name = "www.example.com",
            unsigned type = kTypeA) {
  return {kServer, 53, kClient, 40000,
          Message(id, test::kResponse, name, type,
                  {test::Record(test::Name(name), type,
                                test::IpBytes("198.51.100.7"))})};
}

class SeenQueriesTest : public testing::Test {
 protected:
  bool Accepts(const Wire& wire, seconds now = seconds(1)) {
    const DnsDatagram datagram{ParseAddress(wire.src).value(),
                               ParseAddress(wire.dst).value(),
                               wire.src_port,
                               wire.dst_port,
                               wire.message.data(),
                               wire.message.size()};
    return queries_.Hear(datagram, now).has_value();
  }

  SeenQueries queries_;
};

TEST_F(SeenQueriesTest, AcceptsTheAnswerToACapturedQuery) {
  EXPECT_FALSE(Accepts(Query()));
  EXPECT_TRUE(Accepts(Answer()));
}

TEST_F(SeenQueriesTest, RefusesAnAnswerWithoutAQuery) {
  EXPECT_FALSE(Accepts(Answer()));
}

TEST_F(SeenQueriesTest, AcceptsOnlyTheFirstAnswerToAQuery) {
  Accepts(Query());
  EXPECT_TRUE(Accepts(Answer()));
  EXPECT_FALSE(Accepts(Answer()));
}

TEST_F(SeenQueriesTest, IgnoresTheCaseOfNames) {
  Accepts(Query(7, "wWw.eXample.Com"));
  EXPECT_TRUE(Accepts(Answer()));
}

TEST_F(SeenQueriesTest, RefusesAnAnswerThatDiffersFromItsQuery) {
  const std::vector<std::function<void(Wire*)>> lies = {
      [](Wire* wire) { wire->message = Answer(8).message; },
      [](Wire* wire) { wire->message = Answer(7, "evil.example").message; },
      [](Wire* wire) {
        wire->message = Answer(7, "www.example.com", kTypeAaaa).message;
      },
      [](Wire* wire) { wire->src = "192.168.0.2"; },
      [](Wire* wire) { wire->dst = "192.168.0.11"; },
      [](Wire* wire) { wire->src_port = 5353; },
      [](Wire* wire) { wire->dst_port = 40001; },
  };
  Accepts(Query());
  for (const auto& lie : lies) {
    Wire wire = Answer();
    lie(&wire);
    EXPECT_FALSE(Accepts(wire));
  }
  EXPECT_TRUE(Accepts(Answer()))
      << "the forged answers did not use up the query";
}

TEST_F(SeenQueriesTest, StopsWaitingAfterATimeout) {
  Accepts(Query(7), seconds(100));
  Accepts(Query(8), seconds(100));
  EXPECT_TRUE(Accepts(Answer(7), seconds(110)));
  EXPECT_FALSE(Accepts(Answer(8), seconds(111)));
  EXPECT_EQ(queries_.size(), 0U);
}

TEST_F(SeenQueriesTest, AnErrorIsAnAnswerWithoutNames) {
  Accepts(Query());
  Wire error = Answer();
  error.message[3] = static_cast<uint8_t>(error.message[3] | 2);
  EXPECT_FALSE(Accepts(error));
  EXPECT_FALSE(Accepts(Answer()));
}

TEST_F(SeenQueriesTest, DropsTheOldestQueryBeyondItsCapacity) {
  for (unsigned id = 0; id <= SeenQueries::kCapacity; ++id) {
    Accepts(Query(id));
    EXPECT_LE(queries_.size(), SeenQueries::kCapacity);
  }
  EXPECT_FALSE(Accepts(Answer(0)));
  EXPECT_TRUE(Accepts(Answer(1)));
}

TEST_F(SeenQueriesTest, IgnoresOtherTypesAndInvalidMessages) {
  Wire ptr = Query();
  ptr.message = Message(7, test::kQuery, "1.0.0.10.in-addr.arpa", kTypePtr);
  Accepts(ptr);
  ptr.message = Bytes(100, 0xff);
  Accepts(ptr);
  EXPECT_EQ(queries_.size(), 0U);
}

}  // namespace
}  // namespace ntm::names
