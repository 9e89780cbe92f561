#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "app/doctor/doctor_checks.h"

namespace ntm {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

auto Is(const std::string& name, Verdict verdict,
        const std::string& detail_part) {
  return AllOf(Field("name", &Finding::name, name),
               Field("verdict", &Finding::verdict, verdict),
               Field("detail", &Finding::detail, HasSubstr(detail_part)));
}

auto AdvisesTo(const std::string& part) {
  return Field("remedy", &Finding::remedy, HasSubstr(part));
}

class DoctorTrafficTest : public testing::Test {
 protected:
  DoctorTrafficTest() {
    sample_.interface = "eth0";
    sample_.seconds = 5;
    options_.filter = "tcp";
  }

  TrafficSample sample_;
  Options options_;
};

TEST_F(DoctorTrafficTest, ChecksPromiscuousModeByTheKernelsCount) {
  sample_.promiscuity = 1;
  EXPECT_THAT(JudgePromiscuous(sample_, true),
              Is("promiscuous", Verdict::kOk, "eth0 also receives"));
  sample_.promiscuity = 0;
  EXPECT_THAT(JudgePromiscuous(sample_, true),
              Is("promiscuous", Verdict::kWarn, "did not enter"));
  EXPECT_THAT(JudgePromiscuous(sample_, false),
              Is("promiscuous", Verdict::kOk, "off, as configured"));
  sample_.promiscuity.reset();
  EXPECT_THAT(JudgePromiscuous(sample_, true),
              Is("promiscuous", Verdict::kOk, "no promiscuous mode"));
}

TEST_F(DoctorTrafficTest, WarnsOfPromiscuousModeOnWireless) {
  sample_.promiscuity = 1;
  sample_.is_wireless = true;
  EXPECT_THAT(JudgePromiscuous(sample_, true),
              Is("promiscuous", Verdict::kWarn, "wireless"));
}

TEST_F(DoctorTrafficTest, AFilterThatMatchesNoneOfManyFramesFails) {
  sample_.frames = 12;
  EXPECT_THAT(JudgeFilter(sample_, options_),
              ElementsAre(Is("filter", Verdict::kFail,
                             "'tcp' on eth0 matches none of 12 frames in 5 "
                             "s")));
}

TEST_F(DoctorTrafficTest, AFilterThatMatchesIsOk) {
  sample_.frames = 12;
  sample_.matching_frames = 1;
  EXPECT_THAT(
      JudgeFilter(sample_, options_),
      ElementsAre(Is("filter", Verdict::kOk, "matches 1 of 12 frames")));
}

TEST_F(DoctorTrafficTest, AFilterIsOkWithoutTraffic) {
  EXPECT_THAT(JudgeFilter(sample_, options_),
              ElementsAre(Is("filter", Verdict::kOk, "no traffic")));
}

TEST_F(DoctorTrafficTest, RawFilterFailsIfAllFramesAreEncapsulated) {
  sample_.frames = 12;
  sample_.vlan_frames = 10;
  sample_.pppoe_frames = 2;
  options_.raw_filter = true;
  EXPECT_THAT(JudgeFilter(sample_, options_),
              ElementsAre(AllOf(Is("tags", Verdict::kFail, "all 12 frames"),
                                AdvisesTo("leave out --raw-filter"))));
}

TEST_F(DoctorTrafficTest, RawFilterIsNotTheCauseIfSomeFramesArePlain) {
  sample_.frames = 12;
  sample_.vlan_frames = 11;
  options_.raw_filter = true;
  EXPECT_THAT(JudgeFilter(sample_, options_),
              ElementsAre(Is("filter", Verdict::kFail, "none of 12 frames")));
}

TEST_F(DoctorTrafficTest, RawFilterWarnsIfItMissesEncapsulatedFrames) {
  sample_.frames = 12;
  sample_.matching_frames = 1;
  sample_.vlan_frames = 11;
  EXPECT_THAT(JudgeFilter(sample_, options_),
              ElementsAre(Is("filter", Verdict::kOk, "")));
  options_.raw_filter = true;
  EXPECT_THAT(JudgeFilter(sample_, options_),
              ElementsAre(Is("filter", Verdict::kOk, ""),
                          Is("tags", Verdict::kWarn, "11 of 12")));
}

TEST_F(DoctorTrafficTest, SuggestsABusierInterfaceIfThereIsNoTraffic) {
  EXPECT_THAT(JudgeTraffic(sample_, "eth1"),
              AllOf(Is("traffic", Verdict::kWarn, "no frames seen on eth0"),
                    AdvisesTo("-i eth1")));
  EXPECT_THAT(JudgeTraffic(sample_, ""), AdvisesTo("ntm -D"));
  sample_.frames = 1;
  EXPECT_THAT(JudgeTraffic(sample_, "eth1"),
              Is("traffic", Verdict::kOk, "1 frames on eth0"));
}

TEST_F(DoctorTrafficTest, WarnsOfAMirrorPortWithOneDirection) {
  sample_.tcp_packets = 10;
  sample_.tcp_pairs = 3;
  EXPECT_THAT(
      JudgeDirection(sample_),
      ElementsAre(AllOf(Is("direction", Verdict::kWarn, "one direction only"),
                        AdvisesTo("mirror both directions"))));
  sample_.tcp_answered_pairs = 1;
  EXPECT_THAT(JudgeDirection(sample_),
              ElementsAre(Is("direction", Verdict::kOk, "both directions")));
}

TEST_F(DoctorTrafficTest, FewTcpPacketsGiveNoDirectionFinding) {
  sample_.tcp_packets = 9;
  sample_.tcp_pairs = 9;
  EXPECT_THAT(JudgeDirection(sample_), IsEmpty());
}

TEST_F(DoctorTrafficTest, DropsSuggestALargerRing) {
  sample_.statistics = {1000, 20, 0};
  EXPECT_THAT(JudgeDrops(sample_, options_),
              AllOf(Is("drops", Verdict::kWarn, "20 of 1000 frames (2 %)"),
                    AdvisesTo("--buffer-size 64MiB")));
  options_.buffer_bytes = 65536;
  EXPECT_THAT(JudgeDrops(sample_, options_), AdvisesTo("--buffer-size 16MiB"));
  options_.buffer_bytes = 512 << 20;
  EXPECT_THAT(JudgeDrops(sample_, options_),
              AdvisesTo("--buffer-size 1024MiB"));
  options_.buffer_bytes = 1 << 30;
  EXPECT_THAT(
      JudgeDrops(sample_, options_),
      Field("remedy", &Finding::remedy, "a filter that matches fewer frames"));
}

TEST_F(DoctorTrafficTest, ReportsDropsOfTheInterfaceSeparately) {
  sample_.statistics = {1000, 0, 5};
  EXPECT_THAT(JudgeDrops(sample_, options_),
              AllOf(Is("drops", Verdict::kWarn, "the interface dropped 5"),
                    AdvisesTo("ethtool -G eth0")));
  sample_.statistics = {1000, 0, 0};
  EXPECT_THAT(JudgeDrops(sample_, options_),
              Is("drops", Verdict::kOk, "no frames lost of 1000"));
}

TEST_F(DoctorTrafficTest, UnknownLinkTypeFails) {
  EXPECT_THAT(JudgeLinkType(sample_), IsEmpty());
  sample_.frames = 3;
  sample_.unknown_link_frames = 3;
  EXPECT_THAT(JudgeLinkType(sample_),
              ElementsAre(Is("link type", Verdict::kFail, "3 of 3")));
}

}  // namespace
}  // namespace ntm
