#include "ntm/net/services.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr char kFixture[] =
    "# Network services\n"
    "\n"
    "tcpmux\t1/tcp\t\t# multiplexer\n"
    "ssh\t\t22/tcp\n"
    "domain  53/tcp nameserver\n"
    "domain  53/udp nameserver\n"
    "http 80/tcp www www-http # both are aliases\n"
    "https 443/tcp\r\n"
    "https 443/udp # HTTP/3\n"
    "microsoft-ds 445/tcp Naked-CIFS\n"
    "first 700/tcp\n"
    "second 700/tcp\n"
    "second 700/udp\n"
    "http-alt 8080/tcp webcache\n"
    "m3ua 2905/sctp\n"
    "camera 5100/dccp\n"
    "rtmp 1/ddp\n"
    "below 32767/tcp\n"
    "above 32768/tcp\n"
    "fido 60179/tcp#without a blank\n"
    "last 9999/tcp";

Services FixtureServices() {
  std::istringstream lines(kFixture);
  return Services::FromStream(lines);
}

std::string NameOf(const Services& services, Protocol protocol, uint16_t port) {
  return std::string(services.Name(services.Find(protocol, port)));
}

struct FindCase {
  const char* name;
  Protocol protocol;
  uint16_t port;
  const char* service;
};

class ServicesFindTest : public testing::TestWithParam<FindCase> {};

TEST_P(ServicesFindTest, NamesThePort) {
  const FindCase& c = GetParam();
  EXPECT_EQ(NameOf(FixtureServices(), c.protocol, c.port), c.service);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ServicesFindTest,
    testing::Values(
        FindCase{"FirstLine", kProtocolTcp, 1, "tcpmux"},
        FindCase{"BothProtocolsTcp", kProtocolTcp, 53, "domain"},
        FindCase{"BothProtocolsUdp", kProtocolUdp, 53, "domain"},
        FindCase{"TcpOnlyIsNotUdp", kProtocolUdp, 22, ""},
        FindCase{"OfficialNameNotTheAlias", kProtocolTcp, 80, "http"},
        FindCase{"Hyphen", kProtocolTcp, 445, "microsoft-ds"},
        FindCase{"HyphenWithAlias", kProtocolTcp, 8080, "http-alt"},
        FindCase{"LineEndsInCarriageReturn", kProtocolTcp, 443, "https"},
        FindCase{"QuicOverUdp", kProtocolUdp, 443, "https"},
        FindCase{"UdpLiteUsesUdp", kProtocolUdpLite, 53, "domain"},
        FindCase{"UdpLiteNeverTcp", kProtocolUdpLite, 22, ""},
        FindCase{"FirstDefinitionWins", kProtocolTcp, 700, "first"},
        FindCase{"EachProtocolOfItsOwn", kProtocolUdp, 700, "second"},
        FindCase{"Sctp", kProtocolSctp, 2905, "m3ua"},
        FindCase{"SctpIsNotTcp", kProtocolTcp, 2905, ""},
        FindCase{"Dccp", kProtocolDccp, 5100, "camera"},
        FindCase{"DccpIsNotUdp", kProtocolUdp, 5100, ""},
        FindCase{"ProtocolWithoutPortsOfOurs", kProtocolUdp, 1, ""},
        FindCase{"LastBelowEphemeral", kProtocolTcp, 32767, "below"},
        FindCase{"FirstEphemeral", kProtocolTcp, 32768, ""},
        FindCase{"Ephemeral", kProtocolTcp, 60179, ""},
        FindCase{"HighestPort", kProtocolTcp, 65535, ""},
        FindCase{"PortZero", kProtocolTcp, 0, ""},
        FindCase{"NoLineEndAtTheEnd", kProtocolTcp, 9999, "last"},
        FindCase{"IcmpHasNoPorts", kProtocolIcmp, 53, ""},
        FindCase{"EthertypeHasNoPorts", kProtocolArp, 53, ""}),
    [](const auto& instance) { return instance.param.name; });

struct ConversationCase {
  const char* name;
  Protocol protocol;
  uint16_t port_a;
  uint16_t port_b;
  const char* service;
};

class ServicesConversationTest
    : public testing::TestWithParam<ConversationCase> {};

void ExpectBothDirectionsAlike(const Services& services,
                               const ConversationCase& c) {
  EXPECT_EQ(
      services.Name(services.OfConversation(c.protocol, c.port_a, c.port_b)),
      c.service);
  EXPECT_EQ(
      services.Name(services.OfConversation(c.protocol, c.port_b, c.port_a)),
      c.service);
}

TEST_P(ServicesConversationTest, NamesBothDirectionsAlike) {
  ExpectBothDirectionsAlike(FixtureServices(), GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, ServicesConversationTest,
    testing::Values(
        ConversationCase{"OneEphemeral", kProtocolTcp, 51000, 443, "https"},
        ConversationCase{"BothEphemeral", kProtocolTcp, 51001, 51002, ""},
        ConversationCase{"BothKnown", kProtocolTcp, 22, 80, "ssh"},
        ConversationCase{"SystemBeforeRegistered", kProtocolTcp, 8080, 443,
                         "https"},
        ConversationCase{"UnknownSystemPort", kProtocolTcp, 600, 8080,
                         "http-alt"},
        ConversationCase{"SamePorts", kProtocolUdp, 53, 53, "domain"},
        ConversationCase{"NameIsOfTheOtherProtocol", kProtocolUdp, 22, 51000,
                         ""},
        ConversationCase{"EphemeralNameUnused", kProtocolTcp, 60179, 51000,
                         ""}),
    [](const auto& instance) { return instance.param.name; });

// With the numbers of ports.
class NumberedServicesTest : public testing::TestWithParam<ConversationCase> {};

TEST_P(NumberedServicesTest, NameBothDirectionsAlike) {
  Services services = FixtureServices();
  services.NumberPorts();
  ExpectBothDirectionsAlike(services, GetParam());
}

INSTANTIATE_TEST_SUITE_P(
    Table, NumberedServicesTest,
    testing::Values(
        ConversationCase{"OneEphemeral", kProtocolTcp, 51000, 8443, "8443"},
        ConversationCase{"BothEphemeral", kProtocolTcp, 51001, 51002, ""},
        ConversationCase{"LastBelowEphemeral", kProtocolUdp, 32767, 32768,
                         "32767"},
        ConversationCase{"TheLowerOfTwo", kProtocolTcp, 9000, 6881, "6881"},
        ConversationCase{"ANameBeforeALowerNumber", kProtocolTcp, 2, 8080,
                         "http-alt"},
        ConversationCase{"ANameBeforeAHigherNumber", kProtocolTcp, 443, 9000,
                         "https"},
        ConversationCase{"TheLowerOfTwoNames", kProtocolTcp, 22, 80, "ssh"},
        ConversationCase{"NameIsOfTheOtherProtocol", kProtocolUdp, 22, 51000,
                         "22"},
        ConversationCase{"ZeroIsNoPort", kProtocolUdp, 0, 5000, "5000"},
        ConversationCase{"ZeroAndEphemeral", kProtocolUdp, 0, 50000, ""},
        ConversationCase{"FirstPort", kProtocolUdp, 1, 50000, "1"},
        ConversationCase{"Sctp", kProtocolSctp, 38412, 3000, "3000"},
        ConversationCase{"Dccp", kProtocolDccp, 5001, 5002, "5001"},
        ConversationCase{"IcmpHasNoPorts", kProtocolIcmp, 8, 0, ""}),
    [](const auto& instance) { return instance.param.name; });

TEST(ServicesTest, NumbersPortsWithoutAnyName) {
  Services services;
  services.NumberPorts();
  EXPECT_TRUE(services.is_empty());
  const ServiceId id = services.OfConversation(kProtocolTcp, 50000, 443);
  EXPECT_TRUE(IsPortNumber(id));
  EXPECT_EQ(services.Name(id), "443");
  EXPECT_EQ(services.Name(kOtherService), "other");
  EXPECT_FALSE(IsPortNumber(kOtherService));
}

TEST(ServicesTest, KeepsNamesAndNumbersApart) {
  std::stringstream lines;
  for (int port = 0; port < 32768; ++port) {
    lines << "s" << port << " " << port << "/tcp\n";
  }
  EXPECT_THROW(Services::FromStream(lines), Error) << "one more than possible";
  lines.clear();
  lines.seekg(0);
  std::string first;
  std::getline(lines, first);
  Services services = Services::FromStream(lines);
  services.NumberPorts();
  EXPECT_EQ(NameOf(services, kProtocolTcp, 32767), "s32767");
  EXPECT_EQ(NameOf(services, kProtocolUdp, 32767), "32767");
}

TEST(ServicesTest, CountsMalformedLines) {
  std::istringstream lines(
      "good 1/tcp\n"
      "noport\n"
      "noslash 22\n"
      "noprotocol 22/\n"
      "noport /tcp\n"
      "words 12x/tcp\n"
      "huge 65536/tcp\n"
      "negative -1/tcp\n"
      "b\x01"
      "d 3/tcp\n"
      "n\xc3\xa9 4/tcp\n"
      "   \t \n"
      "# comment\n");
  const Services services = Services::FromStream(lines);
  EXPECT_EQ(services.skipped_lines(), 9U);
  EXPECT_EQ(services.name_count(), 1U);
}

TEST(ServicesTest, GivesOneIdToAllPortsOfAName) {
  const Services services = FixtureServices();
  EXPECT_EQ(services.Find(kProtocolTcp, 443), services.Find(kProtocolUdp, 443));
  EXPECT_EQ(services.name_count(), 13U);
}

TEST(ServicesTest, HasNoNamesByDefault) {
  const Services services;
  EXPECT_EQ(services.Find(kProtocolTcp, 80), kNoService);
  EXPECT_EQ(services.Name(kNoService), "");
  EXPECT_EQ(services.name_count(), 0U);
}

TEST(ServicesTest, NamesTheFileThatCannotBeRead) {
  for (const char* path : {"/nonexistent/services", "/etc"}) {
    try {
      Services::FromFile(path);
      FAIL() << path << " was read";
    } catch (const Error& error) {
      EXPECT_NE(std::string(error.what()).find(path), std::string::npos);
      EXPECT_NE(std::string(error.what()).find("--services-file"),
                std::string::npos);
      EXPECT_EQ(error.exit_code(), kExitFailure);
    }
  }
}

class ServicesOfThisMachineTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!std::ifstream("/etc/services")) {
      GTEST_SKIP() << "no /etc/services here (Debian: package netbase)";
    }
  }
};

TEST_F(ServicesOfThisMachineTest, HoldsTheNamesPeopleLookFor) {
  const Services services = Services::FromFile("/etc/services");
  EXPECT_EQ(NameOf(services, kProtocolTcp, 443), "https");
  EXPECT_EQ(NameOf(services, kProtocolUdp, 53), "domain");
  EXPECT_EQ(NameOf(services, kProtocolTcp, 445), "microsoft-ds");
  EXPECT_EQ(NameOf(services, kProtocolTcp, 8080), "http-alt");
  EXPECT_EQ(NameOf(services, kProtocolTcp, 22), "ssh");
  EXPECT_EQ(NameOf(services, kProtocolUdp, 22), "");
  EXPECT_EQ(services.skipped_lines(), 0U);
}

TEST_F(ServicesOfThisMachineTest, NamesNoEphemeralPort) {
  const Services services = Services::FromFile("/etc/services");
  for (uint32_t port = Services::kFirstEphemeralPort; port < 65536; ++port) {
    ASSERT_EQ(services.Find(kProtocolTcp, static_cast<uint16_t>(port)),
              kNoService);
  }
}

// Reads the file again with the C library's scanner.
TEST_F(ServicesOfThisMachineTest, FindsEveryLineOfTheFile) {
  std::map<std::pair<Protocol, uint16_t>, std::string> expected;
  std::ifstream file("/etc/services");
  std::string line;
  while (std::getline(file, line)) {
    char name[256];
    char protocol[16];
    unsigned port = 0;
    if (line.empty() || line[0] == '#' ||
        std::sscanf(line.c_str(), "%255s %u/%15s", name, &port, protocol) !=
            3 ||
        port >= Services::kFirstEphemeralPort) {
      continue;
    }
    const std::string transport(protocol);
    if (transport != "tcp" && transport != "udp") continue;
    expected.try_emplace({transport == "tcp" ? kProtocolTcp : kProtocolUdp,
                          static_cast<uint16_t>(port)},
                         name);
  }
  ASSERT_GT(expected.size(), 100U);
  const Services services = Services::FromFile("/etc/services");
  for (const auto& [where, name] : expected) {
    EXPECT_EQ(NameOf(services, where.first, where.second), name);
  }
}

TEST(ServicesTest, IgnoresAByteOrderMark) {
  std::istringstream lines("\xef\xbb\xbfhttps 443/tcp\n");
  const Services services = Services::FromStream(lines);
  EXPECT_EQ(services.Name(services.Find(kProtocolTcp, 443)), "https");
  EXPECT_EQ(services.skipped_lines(), 0U);
}

TEST(ServicesTest, SkipsNamesThatAreTooLongAndReportsTheLine) {
  std::istringstream lines("# a comment\n" + std::string(64, 'a') + " 1/tcp\n" +
                           std::string(65, 'b') + " 2/tcp\n" +
                           std::string(1'000'000, 'c') + " 3/tcp\n");
  const Services services = Services::FromStream(lines);
  EXPECT_EQ(services.name_count(), 1U);
  EXPECT_EQ(services.Find(kProtocolTcp, 2), kNoService);
  EXPECT_EQ(services.skipped_lines(), 2U);
  EXPECT_EQ(services.first_skipped_line(), 3U);
}

}  // namespace
}  // namespace ntm
