// Real captures, many of them hostile, against what tshark says of them.
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
#include "ntm/decode.h"
#include "shared_data.h"

namespace ntm {
namespace {

using nlohmann::json;
using test::CapturedFrame;
using test::ReadPcap;
using test::SharedPath;

// Files in which Decode() and tshark differ, each with the reason.
const std::map<std::string, std::string> kDiffering = {};

struct Sum {
  uint64_t packets = 0;
  uint64_t bytes = 0;

  friend bool operator==(const Sum&, const Sum&) = default;
};

struct Account {
  uint64_t frames = 0;
  uint64_t ended = 0;  // as a packet or as an error
  Sum ip;
  std::map<std::string, Sum> pairs;  // "src dst" of the IP packets
  std::map<std::string, uint64_t> errors;
};

Account AccountFor(const std::vector<CapturedFrame>& frames) {
  Account account;
  for (const CapturedFrame& frame : frames) {
    ++account.frames;
    Packet packet;
    const DecodeStatus status = Decode(frame.View(), &packet);
    if (status != DecodeStatus::kOk) {
      ++account.errors[ReasonName(status)];
      ++account.ended;
      continue;
    }
    if (!ProtocolName(packet.protocol).empty()) ++account.ended;
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

// What differs, a line each; empty if nothing does.
std::string Difference(const json& expected, const Account& account) {
  std::string text;
  const auto differ = [&text](const std::string& what, uint64_t want,
                              uint64_t got) {
    if (want == got) return;
    text += "  " + what + ": tshark " + std::to_string(want) + ", Decode() " +
            std::to_string(got) + "\n";
  };
  differ("frames", expected["frames"], account.frames);
  differ("frames ended", account.frames, account.ended);
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

// Decodes the first `length` bytes out of a heap block of just that size, where
// ASan sees any step beyond it.
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

TEST_F(CorpusTest, GivesThePacketsBytesAndPairsThatTsharkGives) {
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

TEST_F(CorpusTest, EndsEveryFrameCutAnywhereInsideItsBytes) {
  for (const json& expected : Expectations()) {
    const std::string file = expected["file"];
    for (const CapturedFrame& frame :
         ReadPcap(SharedPath("pcaps/corpus/" + file))) {
      const size_t size = frame.bytes.size();
      for (size_t length = 0; length <= size;
           length += length < 160 ? 1 : 97) {
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

// What a packet says once its addresses are there, it says at every length.
TEST_F(CorpusTest, CutsNeverChangeAddressesOrBytes) {
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
        // A jumbogram's length lies behind the header.
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
    std::ranges::copy_if(
        packets_, std::back_inserter(found), [&](const Packet& packet) {
          return ProtocolName(packet.protocol) == protocol;
        });
    return found;
  }

  std::vector<Packet> packets_;
};

TEST_F(Mixed27Test, DecodesAll) { EXPECT_EQ(packets_.size(), 27U); }
TEST_F(Mixed27Test, Dump) {
  std::map<std::string, int> n; uint64_t b = 0; 
  for (auto& p : packets_) { n[ProtocolName(p.protocol)]++; b += p.bytes;
   std::cout << ProtocolName(p.protocol) << " " << ToString(p.src) << ":" << p.src_port << " " << ToString(p.dst) << ":" << p.dst_port << " " << p.bytes << " an" << int(p.anomalies) << " v" << p.vlan << " f" << p.first_fragment << p.later_fragment << " id" << p.fragment_id << "\n";}
  std::cout << b << "\n";
}

}  // namespace
}  // namespace ntm
