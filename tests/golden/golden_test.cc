// Builds packets, writes them to a capture file, runs the program on it, and
// compares its exposition byte by byte with tests/golden/NAME.prom.
//
// NTM_UPDATE_GOLDEN=1 rewrites the files; review the difference before you
// commit it.

#include <gtest/gtest.h>
#include <pcap/dlt.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <vector>

#include "capture_file.h"
#include "packet_builder.h"

namespace ntm::test {
namespace {

struct Case {
  const char* name;
  int link_type;
  const char* arguments;
  std::vector<PacketBuilder> packets;
};

void PrintTo(const Case& golden, std::ostream* out) { *out << golden.name; }

// Conversations in both directions, several services, other protocols.
Case HomeNetwork() {
  const char* laptop = "192.168.0.10";
  const char* server = "93.184.216.34";
  return {"home_network",
          DLT_EN10MB,
          "",
          {Eth().Ipv4(laptop, server).Tcp(51000, 443).Payload(100),
           Eth().Ipv4(server, laptop).Tcp(443, 51000).Payload(1400),
           Eth().Ipv4(laptop, "8.8.8.8").Udp(40000, 53).Payload(30),
           Eth().Ipv4("8.8.8.8", laptop).Udp(53, 40000).Payload(90),
           Eth().Ipv4(laptop, "8.8.4.4").Icmp().Payload(56),
           Eth().Ipv4(laptop, server).Tcp(51001, 51002).Padding(6),
           Eth().Ipv4(laptop, server).Udp(40001, 27015).Payload(20),
           Eth().Ipv4(server, laptop).Udp(27015, 40001).Payload(40),
           Eth().Ipv4(laptop, "192.168.0.1").Tcp(22, 80),
           Eth().Ipv4("192.168.0.1", laptop).Tcp(80, 22),
           Eth().Ipv6("2001:db8::1", "2001:db8::2").Tcp(50000, 8080),
           Eth().Ipv6("fe80::1", "ff02::1").Icmp6(),
           Eth().Arp(laptop, "192.168.0.1")}};
}

Case Encapsulations() {
  const char* a = "10.0.0.1";
  const char* b = "10.0.0.2";
  return {"encapsulations",
          DLT_EN10MB,
          "'not port 22'",
          {Eth().Vlan(7).Ipv4(a, b).Tcp(40000, 443),
           Eth().Vlan(7).Ipv4(a, b).Tcp(40000, 22),
           Eth().Vlan(5, 0x88a8).Vlan(7).Ipv4(a, b).Udp(40000, 53),
           Eth().Pppoe().Ipv4(a, b).Udp(40000, 123).Payload(48),
           Eth().Pppoe().Ipv4(a, b).Tcp(22, 40000),
           Eth().Mpls(100).Ipv4(a, b).Udp(40000, 161),
           Eth().Macsec(true).Ipv4(a, b).Tcp(40000, 25).Padding(16)}};
}

Case FragmentsAndExtensions() {
  const char* a = "10.0.0.1";
  const char* b = "10.0.0.2";
  return {"fragments_and_extensions",
          DLT_EN10MB,
          "",
          {Eth().Ipv4(a, b).Fragment(0, true, 7).Udp(40000, 53).Payload(1000),
           Eth().Ipv4(a, b).Fragment(1008, false, 7).IpProtocol(17).Payload(60),
           Eth().Ipv4(a, b, 8).Tcp(40000, 443),
           Eth().Ipv6("2001:db8::1", "2001:db8::2").HopByHop().Udp(40000, 53),
           Eth()
               .Ipv6("2001:db8::1", "2001:db8::2")
               .Fragment(0, true, 9)
               .Udp(40000, 123)
               .Payload(64),
           Eth()
               .Ipv6("2001:db8::1", "2001:db8::2")
               .Fragment(72, false, 9)
               .IpProtocol(17)
               .Payload(8)}};
}

// Wrong lengths, truncated frames, and frames that cannot be accounted for.
Case Damage() {
  const char* a = "10.0.0.1";
  const char* b = "10.0.0.2";
  return {"damage",
          DLT_EN10MB,
          "",
          {Eth().Ipv4(a, b).Tcp(40000, 443).Payload(3000).IpLength(0),
           Eth().Ipv4(a, b).Tcp(40000, 443).IpLength(9000),
           Eth().Ipv4(a, b).Udp(40000, 53).Snaplen(36),
           Eth().Ipv4(a, b).Udp(40000, 53).Snaplen(20),
           Eth().Type(0x0800).Data(Bytes(40, 0x60)), Eth().Snaplen(10)}};
}

Case Cooked() {
  return {"cooked",
          DLT_LINUX_SLL,
          "-s home",
          {Sll().Ipv4("10.0.0.1", "10.0.0.2").Tcp(40000, 443),
           Sll().Vlan(3).Ipv6("fd00::1", "fd00::2").Udp(40000, 53),
           Sll().Arp("10.0.0.1", "10.0.0.2")}};
}

// More hosts than series: the rest is counted as other.
Case Overflow() {
  std::vector<PacketBuilder> packets;
  for (int i = 1; i <= 40; ++i) {
    packets.push_back(RawIp()
                          .Ipv4("10.0.0." + std::to_string(i), "10.1.0.1")
                          .Udp(40000, static_cast<uint16_t>(i % 2 ? 53 : 123)));
  }
  return {"overflow", DLT_RAW, "--max-series 24", std::move(packets)};
}

std::string OutputOf(const std::string& command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"),
                                                   pclose);
  std::string output;
  std::array<char, 4096> buffer{};
  for (size_t n = 0;
       (n = fread(buffer.data(), 1, buffer.size(), pipe.get()));) {
    output.append(buffer.data(), n);
  }
  return output;
}

// Only the revision of the build differs.
std::string WithoutBuild(const std::string& exposition) {
  std::string kept;
  size_t begin = 0;
  while (begin < exposition.size()) {
    const size_t end = exposition.find('\n', begin) + 1;
    const std::string line = exposition.substr(begin, end - begin);
    if (line.rfind("ntm_build_info{", 0) != 0 &&
        line.rfind("home_build_info{", 0) != 0) {
      kept += line;
    }
    begin = end;
  }
  return kept;
}

class GoldenTest : public ::testing::TestWithParam<Case> {};

TEST_P(GoldenTest, WritesTheExpectedExposition) {
  const Case& golden = GetParam();
  std::vector<CapturedFrame> frames;
  for (const PacketBuilder& packet : golden.packets) {
    frames.push_back(packet.Build());
  }
  const std::string capture = ::testing::TempDir() + "/ntm_golden_" +
                              std::to_string(getpid()) + ".pcap";
  WritePcap(capture, frames, golden.link_type);
  const std::string output =
      WithoutBuild(OutputOf("env -i " NTM_BINARY " --log-level warning -r " +
                            capture + " " + golden.arguments));
  std::filesystem::remove(capture);

  const std::string path =
      std::string(NTM_GOLDEN_DIR "/") + golden.name + ".prom";
  if (getenv("NTM_UPDATE_GOLDEN") != nullptr) {
    std::ofstream(path) << output;
  }
  std::ifstream file(path);
  const std::string expected{std::istreambuf_iterator<char>(file), {}};
  EXPECT_FALSE(expected.empty()) << path << " is missing or empty";
  EXPECT_EQ(output, expected);
}

INSTANTIATE_TEST_SUITE_P(Program, GoldenTest,
                         ::testing::Values(HomeNetwork(), Encapsulations(),
                                           FragmentsAndExtensions(), Damage(),
                                           Cooked(), Overflow()),
                         [](const auto& test) {
                           return std::string(test.param.name);
                         });

}  // namespace
}  // namespace ntm::test
