#include "modules/names/class_servers.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm::names {
namespace {

using std::chrono::seconds;

constexpr seconds kLearnedAt{1000};
constexpr char kMediaServer[] = "198.51.100.1";

Address AddressAt(const std::string& text) {
  return ParseAddress(text).value();
}

class ClassServersTest : public testing::Test {
 protected:
  void Learn(const std::string& client, const std::string& server,
             ClassId traffic_class, seconds now = kLearnedAt,
             int64_t ttl = 60) {
    servers_.Learn(AddressAt(client), AddressAt(server), traffic_class, ttl,
                   now);
  }

  // The class of a packet now, which counts as seen.
  ClassId See(const std::string& client, const std::string& server,
              seconds now = kLearnedAt) {
    const auto table = servers_.Table(now);
    if (table == nullptr) return kNoClass;
    Packet packet;
    packet.src = AddressAt(client);
    packet.dst = AddressAt(server);
    packet.src_port = 40000;
    packet.dst_port = 443;
    packet.has_ports = true;
    return table->Find(packet);
  }

  ClassServers servers_{4};
};

TEST_F(ClassServersTest, WithoutAServerThereIsNoTable) {
  EXPECT_EQ(servers_.Table(kLearnedAt), nullptr);
  Learn("10.0.0.1", kMediaServer, kNoClass);
  EXPECT_EQ(servers_.Table(kLearnedAt), nullptr);
  EXPECT_EQ(servers_.counts().pairs, 0U);
}

TEST_F(ClassServersTest, TheTableIsTheSameUntilSomethingChanges) {
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  const auto table = servers_.Table(kLearnedAt);
  ASSERT_NE(table, nullptr);
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  Learn("10.0.0.1", "198.51.100.9", kNoClass);
  EXPECT_EQ(servers_.Table(kLearnedAt + seconds(60)), table);
  Learn("10.0.0.1", kMediaServer, kClassVoice);
  EXPECT_NE(servers_.Table(kLearnedAt + seconds(60)), table);
}

// The client of the questions may be a forwarder, or ask over IPv4 and connect
// over IPv6.
TEST_F(ClassServersTest, AServerWithOneClassHasItForAllClients) {
  Learn("10.0.0.53", kMediaServer, kClassVideo);
  Learn("10.0.0.53", "2001:db8::1", kClassVideo);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVideo);
  EXPECT_EQ(See("fd00::1", "2001:db8::1"), kClassVideo);
}

TEST_F(ClassServersTest, AtASharedAddressEachClientHasTheClassOfItsOwnName) {
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  Learn("10.0.0.2", kMediaServer, kNoClass);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVideo);
  EXPECT_EQ(See("10.0.0.2", kMediaServer), kNoClass);
  EXPECT_EQ(See("10.0.0.3", kMediaServer), kNoClass);
  Learn("10.0.0.3", kMediaServer, kClassVoice);
  EXPECT_EQ(See("10.0.0.3", kMediaServer), kClassVoice);
  EXPECT_EQ(See("10.0.0.2", kMediaServer), kNoClass);
}

TEST_F(ClassServersTest, ANameWithoutAClassMayComeFirst) {
  Learn("10.0.0.2", kMediaServer, kNoClass);
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVideo);
  EXPECT_EQ(See("10.0.0.2", kMediaServer), kNoClass);
}

TEST_F(ClassServersTest, TwoClassesAtOneAddressAreOfTheirClients) {
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  Learn("10.0.0.2", kMediaServer, kClassVoice);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVideo);
  EXPECT_EQ(See("10.0.0.2", kMediaServer), kClassVoice);
  EXPECT_EQ(See("10.0.0.3", kMediaServer), kNoClass);
}

TEST_F(ClassServersTest, TheNewestNameOfAPairDecides) {
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  Learn("10.0.0.1", kMediaServer, kNoClass);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kNoClass);
  EXPECT_EQ(servers_.counts().pairs, 0U);
  Learn("10.0.0.1", kMediaServer, kClassVoice);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVoice);
}

TEST_F(ClassServersTest, AServerIsKeptForItsTtlButAtLeastSomeMinutes) {
  Learn("10.0.0.1", kMediaServer, kClassVideo, kLearnedAt, 1);
  Learn("10.0.0.1", "198.51.100.2", kClassVoice, kLearnedAt, 3600);
  Learn("10.0.0.1", "198.51.100.3", kClassVoice, kLearnedAt, INT64_MAX);
  EXPECT_NE(servers_.Table(kLearnedAt + ClassServers::kMinTtl - seconds(1)),
            nullptr);
  EXPECT_EQ(servers_.counts().pairs, 3U);
  servers_.Table(kLearnedAt + ClassServers::kMinTtl +
                 ClassServers::kSweepInterval);
  EXPECT_EQ(servers_.counts().pairs, 2U);
  EXPECT_EQ(See("10.0.0.1", "198.51.100.2", kLearnedAt + seconds(3599)),
            kClassVoice);
  servers_.Table(kLearnedAt + seconds(3610));  // takes note of that packet
  EXPECT_EQ(
      servers_.Table(kLearnedAt + ClassServers::kMaxTtl +
                     ClassServers::kKeptUnseen + ClassServers::kSweepInterval),
      nullptr);
}

TEST_F(ClassServersTest, AStreamOutlivesItsTtl) {
  Learn("10.0.0.1", kMediaServer, kClassVideo);
  Learn("10.0.0.1", "198.51.100.2", kClassVideo);
  // With a class for all its clients, and with one for this client only.
  Learn("10.0.0.1", "198.51.100.3", kClassVoice, kLearnedAt, 7200);
  Learn("10.0.0.2", "198.51.100.3", kNoClass, kLearnedAt, 7200);
  seconds now = kLearnedAt;
  for (; now < kLearnedAt + seconds(3600); now += seconds(60)) {
    EXPECT_EQ(See("10.0.0.1", kMediaServer, now), kClassVideo) << now.count();
    EXPECT_EQ(See("10.0.0.1", "198.51.100.3", now), kClassVoice);
  }
  EXPECT_EQ(servers_.counts().pairs, 2U);
  now += ClassServers::kKeptUnseen + 2 * ClassServers::kSweepInterval;
  servers_.Table(now);  // takes note of the last packets
  EXPECT_EQ(See("10.0.0.9", kMediaServer,
                now + ClassServers::kKeptUnseen + ClassServers::kSweepInterval),
            kNoClass);
}

// Else the traffic of a client that has used the address for long would count
// in the class of another client's name.
TEST_F(ClassServersTest, TrafficKeepsANameWithoutAClass) {
  Learn("10.0.0.2", kMediaServer, kNoClass);
  for (seconds now = kLearnedAt; now < kLearnedAt + seconds(3600);
       now += seconds(60)) {
    Learn("10.0.0.1", kMediaServer, kClassVideo, now);
    EXPECT_EQ(See("10.0.0.2", kMediaServer, now), kNoClass) << now.count();
  }
}

TEST_F(ClassServersTest, ANameWithoutAClassIsForgottenInTheEnd) {
  Learn("10.0.0.2", kMediaServer, kNoClass);
  Learn("10.0.0.1", kMediaServer, kClassVideo, kLearnedAt, 3600);
  EXPECT_EQ(See("10.0.0.3", kMediaServer), kNoClass);
  const seconds later = kLearnedAt + seconds(1200);
  servers_.Table(later);
  EXPECT_EQ(
      See("10.0.0.3", kMediaServer,
          later + ClassServers::kKeptUnseen + ClassServers::kSweepInterval),
      kClassVideo);
}

TEST_F(ClassServersTest, TheOneSeenLongestAgoIsForgottenWhenItIsFull) {
  for (int n = 1; n <= 4; ++n) {
    Learn("10.0.0.1", "198.51.100." + std::to_string(n), kClassVideo);
  }
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVideo);  // so 2 is the oldest
  servers_.Table(kLearnedAt + ClassServers::kSweepInterval);
  Learn("10.0.0.1", "198.51.100.5", kClassVideo);
  EXPECT_EQ(See("10.0.0.1", kMediaServer), kClassVideo);
  EXPECT_EQ(See("10.0.0.1", "198.51.100.2"), kNoClass);
  EXPECT_EQ(See("10.0.0.1", "198.51.100.5"), kClassVideo);
  EXPECT_EQ(servers_.counts().pairs, 4U);
  EXPECT_EQ(servers_.counts().forgotten_pairs, 1U);
}

TEST_F(ClassServersTest, ServersWithoutAClassAreBounded) {
  for (int n = 0; n < 20; ++n) {
    Learn("10.0.0.1", "198.51.100." + std::to_string(n + 1), kNoClass);
  }
  EXPECT_EQ(servers_.counts().forgotten_plain,
            20 - 4 * ClassServers::kPlainTimes);
  EXPECT_EQ(servers_.counts().forgotten_pairs, 0U);
}

}  // namespace
}  // namespace ntm::names
