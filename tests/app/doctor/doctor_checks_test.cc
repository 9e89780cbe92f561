#include "app/doctor/doctor_checks.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

namespace ntm {
namespace {

using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;

auto Is(Verdict verdict, const std::string& detail_part) {
  return testing::AllOf(
      Field("verdict", &Finding::verdict, verdict),
      Field("detail", &Finding::detail, HasSubstr(detail_part)));
}

auto Advises(const std::string& part) {
  return Field("remedy", &Finding::remedy, HasSubstr(part));
}

TEST(DoctorConfigurationTest, NamesTheFileAndItsWarnings) {
  Options options;
  EXPECT_THAT(JudgeConfiguration(options),
              ElementsAre(Is(Verdict::kOk, "no file")));
  options.config_path = "/etc/x.yaml";
  options.warnings = {"'a' does nothing"};
  EXPECT_THAT(JudgeConfiguration(options),
              ElementsAre(Is(Verdict::kOk, "/etc/x.yaml"),
                          Is(Verdict::kWarn, "'a' does nothing")));
}

ProcessRights StatusOf(const std::string& text) {
  std::istringstream lines(text);
  return ParseRights(lines);
}

TEST(DoctorRightsTest, ReadsTheEffectiveCapabilities) {
  EXPECT_TRUE(StatusOf("Name:\tntm\nCapEff:\t0000000000002000\n").has_net_raw);
  EXPECT_TRUE(StatusOf("CapEff:\t000001ffffffffff\n").has_net_raw);
  EXPECT_FALSE(StatusOf("CapEff:\t0000000000001000\n").has_net_raw);
  EXPECT_FALSE(StatusOf("CapPrm:\t0000000000002000\n").has_net_raw);
  EXPECT_FALSE(StatusOf("").has_net_raw);
}

TEST(DoctorRightsTest, ReadsTheBoundingSet) {
  EXPECT_TRUE(StatusOf("CapBnd:\t0000000000002000\n").may_have_net_raw);
  EXPECT_FALSE(StatusOf("CapBnd:\t0000000000001000\n").may_have_net_raw);
  EXPECT_TRUE(StatusOf("").may_have_net_raw);
}

TEST(DoctorRightsTest, ReadsNoNewPrivs) {
  EXPECT_TRUE(StatusOf("CapEff:\t0\nNoNewPrivs:\t1\n").no_new_privs);
  EXPECT_FALSE(StatusOf("NoNewPrivs:\t0\n").no_new_privs);
}

TEST(DoctorRightsTest, ExplainsWhyARightIsMissing) {
  ProcessRights rights;
  rights.executable = "/opt/ntm";
  Finding finding = JudgeRights(rights);
  EXPECT_THAT(finding, Is(Verdict::kFail, "CAP_NET_RAW is missing"));
  EXPECT_THAT(finding, Advises("sudo setcap cap_net_raw+ep /opt/ntm"));

  rights.no_new_privs = true;
  EXPECT_THAT(JudgeRights(rights), Advises("setcap"));
  rights.file_has_rights = true;
  finding = JudgeRights(rights);
  EXPECT_THAT(finding, Is(Verdict::kFail, "no_new_privs"));
  EXPECT_THAT(finding, Advises("allowPrivilegeEscalation"));

  rights.may_have_net_raw = false;
  EXPECT_THAT(JudgeRights(rights), Is(Verdict::kFail, "may not have it"));
  EXPECT_THAT(JudgeRights(rights), Advises("--cap-add NET_RAW"));

  rights.has_net_raw = true;
  EXPECT_THAT(JudgeRights(rights), Is(Verdict::kFail, "refuses"));
  rights.packet_socket = true;
  EXPECT_THAT(JudgeRights(rights), Is(Verdict::kOk, "may capture"));
}

TEST(DoctorMemoryTest, ComparesNeededWithAvailableMemory) {
  constexpr uint64_t kMebi = 1 << 20;
  EXPECT_THAT(JudgeMemory(16 * kMebi, 100 * kMebi), Is(Verdict::kOk, "16 MiB"));
  EXPECT_THAT(JudgeMemory(60 * kMebi, 100 * kMebi),
              Is(Verdict::kWarn, "100 MiB available"));
  const Finding finding = JudgeMemory(101 * kMebi, 100 * kMebi);
  EXPECT_THAT(finding, Is(Verdict::kFail, "101 MiB"));
  EXPECT_THAT(finding, Advises("--buffer-size"));
  EXPECT_THAT(JudgeMemory(kMebi, std::nullopt), Is(Verdict::kOk, "1 MiB"));
}

TEST(DoctorClockTest, RejectsATimeBefore2024) {
  EXPECT_THAT(JudgeClock(0, true), Is(Verdict::kFail, "before 2024"));
  EXPECT_THAT(JudgeClock(1704067199, true), Is(Verdict::kFail, "2024"));
  EXPECT_THAT(JudgeClock(1704067200, true), Is(Verdict::kOk, "synchronised"));
  EXPECT_THAT(JudgeClock(1704067200, false), Is(Verdict::kWarn, "NTP"));
}

LinkState UpLink(const std::string& name, int index,
                 const std::string& kind = "") {
  LinkState link;
  link.name = name;
  link.index = index;
  link.kind = kind;
  link.admin_up = true;
  link.has_carrier = true;
  link.is_loopback = name == "lo";
  return link;
}

TEST(DoctorNamespaceTest, RecognisesAContainersOwnNetwork) {
  const LinkState loopback = UpLink("lo", 1);
  LinkState veth = UpLink("eth0", 2, "veth");
  EXPECT_THAT(JudgeNamespace({loopback, veth}), Is(Verdict::kOk, "lo, eth0"));
  veth.lower_is_elsewhere = true;
  const Finding finding = JudgeNamespace({loopback, veth});
  EXPECT_THAT(finding, Is(Verdict::kWarn, "container"));
  EXPECT_THAT(finding, Advises("network_mode: host"));
  EXPECT_THAT(JudgeNamespace({loopback, veth, UpLink("eth1", 3)}),
              Is(Verdict::kOk, "eth1"));
  EXPECT_THAT(JudgeNamespace({loopback}), Is(Verdict::kWarn, "loopback"));
}

TEST(DoctorNamespaceTest, ListsAFewOfManyInterfaces) {
  std::vector<LinkState> links;
  for (int i = 1; i <= 100; ++i) links.push_back(UpLink(std::to_string(i), i));
  EXPECT_THAT(JudgeNamespace(links), Is(Verdict::kOk, "and 88 more"));
}

TEST(DoctorLinkTest, ReportsWhatIsWrongWithAnInterface) {
  std::vector<LinkState> links = {UpLink("eth0", 1)};
  EXPECT_THAT(JudgeLink("eth0", links, false), Is(Verdict::kOk, "is up"));
  EXPECT_THAT(JudgeLink("any", {}, false), Is(Verdict::kOk, "any"));

  const Finding missing = JudgeLink("eth9", links, false);
  EXPECT_THAT(missing, Is(Verdict::kFail, "eth9 does not exist"));
  EXPECT_THAT(missing, Advises("eth0"));
  EXPECT_THAT(JudgeLink("eth9", links, true), Is(Verdict::kWarn, "waits"));

  links[0].has_carrier = false;
  EXPECT_THAT(JudgeLink("eth0", links, true), Is(Verdict::kFail, "no carrier"));
  links[0].admin_up = false;
  const Finding down = JudgeLink("eth0", links, false);
  EXPECT_THAT(down, Is(Verdict::kFail, "eth0 is down"));
  EXPECT_THAT(down, Advises("ip link set dev eth0 up"));
  EXPECT_THAT(JudgeLink("eth0", links, true), Is(Verdict::kWarn, "waits"));
}

TEST(DoctorOverlapTest, WarnsOfEveryPair) {
  EXPECT_THAT(JudgeOverlaps({"eth0"}, {UpLink("eth0", 1)}),
              ElementsAre(Is(Verdict::kOk, "no packet")));
  EXPECT_THAT(JudgeOverlaps({"any", "eth0"}, {UpLink("eth0", 1)}),
              ElementsAre(Is(Verdict::kWarn, "every layer"),
                          Is(Verdict::kWarn, "eth0 as well")));
}

TEST(DoctorOffloadsTest, NeverFail) {
  EXPECT_THAT(JudgeOffloads("eth0", {}), Is(Verdict::kOk, "does not report"));
  EXPECT_THAT(JudgeOffloads("eth0", {false, false, false, false}),
              Is(Verdict::kOk, "as on the wire"));
  EXPECT_THAT(JudgeOffloads("eth0", {true, false, true, std::nullopt}),
              Is(Verdict::kOk, "(GRO, TSO)"));
}

TEST(DoctorBindTest, WarnsIfOnlyThisMachineCanConnect) {
  EXPECT_EQ(JudgeBind({":8000"}).verdict, Verdict::kOk);
  EXPECT_EQ(JudgeBind({"0.0.0.0:8000"}).verdict, Verdict::kOk);
  EXPECT_EQ(JudgeBind({"127.0.0.1:8000", "192.0.2.1:8000"}).verdict,
            Verdict::kOk);
  for (const char* address :
       {"127.0.0.1:8000", "127.0.0.5:1", "[::1]:8000", "localhost:8000"}) {
    EXPECT_EQ(JudgeBind({address}).verdict, Verdict::kWarn) << address;
  }
}

TEST(DoctorLabelTest, RecommendsAPodMonitor) {
  EXPECT_EQ(JudgeServiceLabel(false).verdict, Verdict::kOk);
  EXPECT_EQ(JudgeServiceLabel(true).verdict, Verdict::kWarn);
  EXPECT_THAT(JudgeServiceLabel(false), Advises("PodMonitor"));
}

}  // namespace
}  // namespace ntm
