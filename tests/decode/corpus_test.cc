// Compares the decoding of real captures, many of them hostile, with tshark's.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "capture_file.h"
#include "ntm/decode/decode.h"
#include "packet_text.h"
#include "shared_data.h"

namespace ntm {
namespace {

using nlohmann::json;
using test::CapturedFrame;
using test::ReadPcap;
using test::SharedPath;

// Files for which Decode() and tshark differ, with the reason.
const std::map<std::string, std::string> kDiffering = {};

struct Sum {
  uint64_t packets = 0;
  uint64_t bytes = 0;

  friend bool operator==(const Sum&, const Sum&) = default;
};

struct Account {
  uint64_t frames = 0;
  Sum ip;
  std::map<std::string, Sum> pairs;  // "src dst" of the IP packets
};

Account AccountFor(const std::vector<CapturedFrame>& frames) {
  Account account;
  for (const CapturedFrame& frame : frames) {
    ++account.frames;
    Packet packet;
    const DecodeStatus status = Decode(frame.View(), &packet);
    if (status != DecodeStatus::kOk) {
      continue;
    }
    if (!packet.is_ip) continue;
    Sum& pair =
        account.pairs[ToString(packet.src) + " " + ToString(packet.dst)];
    for (Sum* sum : {&pair, &account.ip}) {
      ++sum->packets;
      sum->bytes += packet.bytes;
    }
  }
  return account;
}

// The differences, one per line; empty if there are none.
std::string Difference(const json& expected, const Account& account) {
  std::string text;
  const auto differ = [&text](const std::string& what, uint64_t want,
                              uint64_t got) {
    if (want == got) return;
    text += "  " + what + ": tshark " + std::to_string(want) + ", Decode() " +
            std::to_string(got) + "\n";
  };
  differ("frames", expected["frames"], account.frames);
  differ("IP packets", expected["ip_packets"], account.ip.packets);
  const std::set<std::string> loose = expected["loose"];
  if (loose.empty()) differ("bytes", expected["ip_bytes"], account.ip.bytes);
  std::map<std::string, Sum> want;
  for (const auto& [pair, sum] : expected["pairs"].items()) {
    want[pair] = {sum[0], sum[1]};
  }
  std::map<std::string, Sum> got = account.pairs;
  for (const auto& [pair, sum] : want) {
    differ(pair + " packets", sum.packets, got[pair].packets);
    if (!loose.contains(pair)) {
      differ(pair + " bytes", sum.bytes, got[pair].bytes);
    }
    got.erase(pair);
  }
  for (const auto& [pair, sum] : got) {
    differ(pair + " packets", 0, sum.packets);
  }
  return text;
}

std::vector<json> Expectations() {
  std::vector<json> expectations;
  std::ifstream file(SharedPath("pcaps/corpus-expected.jsonl"));
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) expectations.push_back(json::parse(line));
  }
  return expectations;
}

// Decodes the first `length` bytes in a heap block of exactly that size, so
// that ASan detects any access after its end.
DecodeStatus DecodeCut(const CapturedFrame& frame, size_t length,
                       Packet* packet) {
  const auto bytes = std::make_unique<uint8_t[]>(length);
  std::copy_n(frame.bytes.data(), length, bytes.get());
  Frame cut = frame.View();
  cut.data = bytes.get();
  cut.captured_bytes = static_cast<uint32_t>(length);
  return Decode(cut, packet);
}

class CorpusTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::filesystem::exists(SharedPath("pcaps/corpus"))) {
      GTEST_SKIP() << "NOT TESTED: the captures of "
                   << SharedPath("pcaps/corpus") << " are not there";
    }
  }
};

TEST_F(CorpusTest, CountsThePacketsBytesAndPairsThatTsharkCounts) {
  const std::vector<json> expectations = Expectations();
  ASSERT_EQ(expectations.size(), 113U);
  for (const json& expected : expectations) {
    const std::string file = expected["file"];
    const std::string difference = Difference(
        expected, AccountFor(ReadPcap(SharedPath("pcaps/corpus/" + file))));
    const auto known = kDiffering.find(file);
    if (known == kDiffering.end()) {
      EXPECT_EQ(difference, "") << file;
    } else {
      EXPECT_NE(difference, "")
          << file << " no longer differs: " << known->second;
    }
  }
  EXPECT_LE(kDiffering.size(), 3U);
}

TEST_F(CorpusTest, DecodesFramesThatAreCutAnywhere) {
  for (const json& expected : Expectations()) {
    const std::string file = expected["file"];
    for (const CapturedFrame& frame :
         ReadPcap(SharedPath("pcaps/corpus/" + file))) {
      const size_t size = frame.bytes.size();
      for (size_t length = 0; length <= size; length += length < 160 ? 1 : 97) {
        Packet packet;
        const DecodeStatus status = DecodeCut(frame, length, &packet);
        ASSERT_LT(status, DecodeStatus::kCount) << file;
        if (status != DecodeStatus::kOk) continue;
        ASSERT_LE(packet.network_offset, length) << file;
        ASSERT_LE(packet.bytes, std::max<size_t>(frame.wire_bytes, length))
            << file;
      }
    }
  }
}

// When the addresses are captured, the result does not depend on the length.
TEST_F(CorpusTest, TruncationDoesNotChangeAddressesOrBytes) {
  for (const json& expected : Expectations()) {
    const std::string file = expected["file"];
    for (const CapturedFrame& frame :
         ReadPcap(SharedPath("pcaps/corpus/" + file))) {
      Packet whole;
      if (Decode(frame.View(), &whole) != DecodeStatus::kOk || !whole.is_ip) {
        continue;
      }
      const size_t size = frame.bytes.size();
      for (size_t length = std::min<size_t>(size, 128); length > 0; --length) {
        Packet cut;
        if (DecodeCut(frame, length, &cut) != DecodeStatus::kOk) break;
        ASSERT_EQ(cut.src, whole.src) << file << " cut to " << length;
        ASSERT_EQ(cut.dst, whole.dst) << file << " cut to " << length;
        // A jumbogram's length is after the header.
        if (!cut.Has(Anomaly::kIpLengthZero)) {
          ASSERT_EQ(cut.bytes, whole.bytes) << file << " cut to " << length;
        }
      }
    }
  }
}

class Mixed27Test : public testing::Test {
 protected:
  void SetUp() override {
    const std::string path = SharedPath("pcaps/mixed27.pcap");
    if (!std::filesystem::exists(path)) {
      GTEST_SKIP() << "NOT TESTED: " << path << " is not there";
    }
    for (const CapturedFrame& frame : ReadPcap(path)) {
      Packet packet;
      ASSERT_EQ(Decode(frame.View(), &packet), DecodeStatus::kOk);
      packets_.push_back(packet);
    }
  }

  std::vector<Packet> Of(const std::string& protocol) const {
    std::vector<Packet> found;
    std::ranges::copy_if(packets_, std::back_inserter(found),
                         [&](const Packet& packet) {
                           return ProtocolName(packet.protocol) == protocol;
                         });
    return found;
  }

  std::vector<Packet> packets_;
};

// The values of tshark's fields for this file.
TEST_F(Mixed27Test, DecodesEachPacketAsTsharkDoes) {
  const std::vector<std::string> expected{
      "tcp 192.168.0.10:51000 > 93.184.216.34:443 40 B",
      "tcp 93.184.216.34:443 > 192.168.0.10:51000 140 B",
      "udp 192.168.0.10:40000 > 8.8.8.8:53 57 B",
      "udp 8.8.8.8:53 > 192.168.0.10:40000 84 B",
      "tcp 192.168.0.10:51001 > 93.184.216.34:51002 40 B",
      "tcp 192.168.0.10:22 > 93.184.216.34:80 40 B",
      "tcp 192.168.0.10:51003 > 93.184.216.34:445 40 B",
      "tcp 192.168.0.10:51003 > 93.184.216.34:8080 40 B",
      "tcp 192.168.0.10:51003 > 93.184.216.34:3306 40 B",
      "udp 192.168.0.10:51004 > 93.184.216.34:443 78 B",
      "icmp 192.168.0.10 > 8.8.8.8 84 B",
      "icmp 8.8.8.8 > 192.168.0.10 84 B",
      "igmp 192.168.0.10 > 224.0.0.22 40 B",
      "arp 192.168.0.10 > 192.168.0.1 28 B non-ip",
      "tcp 2001:db8::1:51000 > 2001:db8::2:443 60 B",
      "icmp6 fe80::1 > ff02::1 48 B",
      "tcp 192.168.0.10:51000 > 93.184.216.34:443 40 B vlan 10",
      "udp 192.168.0.10:40001 > 93.184.216.34:5004 1420 B first 77",
      "udp 192.168.0.10 > 93.184.216.34 1420 B later 77",
      "udp 192.168.0.10 > 93.184.216.34 228 B later 77",
      "esp 192.168.0.10 > 93.184.216.34 68 B",
      "gre 192.168.0.10 > 93.184.216.34 52 B",
      "sctp 192.168.0.10:9000 > 93.184.216.34:9001 32 B",
      "tcp 192.168.0.10:51000 > 93.184.216.34:80 40 B",
      "udp 192.168.0.10:5353 > 224.0.0.251:5353 62 B",
      "udp 0.0.0.0:68 > 255.255.255.255:67 272 B",
      "tcp 192.168.0.10:51005 > 93.184.216.34:80 67 B",
  };
  std::vector<std::string> described;
  for (const Packet& packet : packets_) {
    described.push_back(test::Describe(packet));
  }
  EXPECT_EQ(described, expected);
}

TEST_F(Mixed27Test, SumsTheLengthsInTheHeaders) {
  constexpr uint64_t kIpBytes = 4616;  // ip.len and 40 + ipv6.plen
  constexpr uint64_t kArpBytes = 28;
  uint64_t bytes = 0;
  for (const Packet& packet : packets_) bytes += packet.bytes;
  EXPECT_EQ(bytes, kIpBytes + kArpBytes);
}

TEST_F(Mixed27Test, GivesPacketsWithoutPortsTheirTrueHosts) {
  for (const char* protocol : {"icmp", "esp", "gre"}) {
    ASSERT_FALSE(Of(protocol).empty()) << protocol;
    EXPECT_EQ(ToString(Of(protocol)[0].src), "192.168.0.10") << protocol;
    EXPECT_FALSE(Of(protocol)[0].has_ports) << protocol;
  }
  EXPECT_EQ(ToString(Of("icmp")[0].dst), "8.8.8.8");
}

TEST_F(Mixed27Test, CountsIpv6) {
  const std::vector<Packet> tcp = Of("tcp");
  EXPECT_TRUE(std::ranges::any_of(tcp, [](const Packet& packet) {
    return ToString(packet.src) == "2001:db8::1";
  }));
}

TEST_F(Mixed27Test, LosesNeitherOptionsNorTagsNorArp) {
  EXPECT_EQ(Of("igmp").size(), 1U);
  EXPECT_EQ(Of("arp").size(), 1U);
  EXPECT_EQ(std::ranges::count_if(
                packets_, [](const Packet& packet) { return packet.has_vlan; }),
            1);
}

TEST_F(Mixed27Test, NamesProtocolsInLowerCase) {
  std::set<std::string> names;
  for (const Packet& packet : packets_) {
    names.insert(ProtocolName(packet.protocol));
  }
  EXPECT_EQ(names, (std::set<std::string>{"arp", "esp", "gre", "icmp", "icmp6",
                                          "igmp", "sctp", "tcp", "udp"}));
}

}  // namespace
}  // namespace ntm
