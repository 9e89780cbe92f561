// Capture files through the filter, for each of their link types.
#include "ntm/capture/file_capture.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <string>
#include <vector>

#include "ntm/base/error.h"
#include "packet_builder.h"
#include "read_savefile.h"
#include "savefile_bytes.h"

namespace ntm {
namespace {

using test::PcapngShape;
using testing::ElementsAre;

constexpr PcapngShape kShape{};

class LinkTypeSink final : public FrameSink {
 public:
  void OnFrame(const Frame& frame) noexcept override {
    link_types.push_back(frame.link_type);
  }
  std::vector<int> link_types;
};

std::string Contents(const test::CapturedFrame& frame) {
  return {frame.bytes.begin(), frame.bytes.end()};
}

std::string Udp(test::PacketBuilder link) {
  return Contents(link.Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Build());
}
std::string Tcp(test::PacketBuilder link) {
  return Contents(link.Ipv4("10.0.0.1", "10.0.0.2").Tcp(1, 2).Build());
}

// Ethernet with UDP, TCP and tagged UDP, and raw IP with TCP and UDP.
std::string MixedFile() {
  const auto raw = [] { return test::PacketBuilder(DLT_RAW); };
  return kShape.Section() + kShape.Interface(1) + kShape.Interface(101) +
         kShape.Enhanced(0, 1, Udp(test::Eth())) +
         kShape.Enhanced(0, 1, Tcp(test::Eth())) +
         kShape.Enhanced(1, 1, Tcp(raw())) + kShape.Enhanced(1, 1, Udp(raw())) +
         kShape.Enhanced(0, 1, Udp(test::Eth().Vlan(7)));
}

std::vector<int> Matching(const std::string& contents,
                          const std::string& filter) {
  CaptureSettings settings;
  settings.filter = filter;
  FileCapture capture(test::FileOf(contents), settings);
  LinkTypeSink sink;
  while (capture.Dispatch(2, &sink)) {
  }
  return sink.link_types;
}

TEST(FileCaptureTest, FiltersEachLinkTypeByItself) {
  EXPECT_THAT(Matching(MixedFile(), "udp"),
              ElementsAre(DLT_EN10MB, DLT_RAW, DLT_EN10MB));
  EXPECT_THAT(Matching(MixedFile(), "tcp"), ElementsAre(DLT_EN10MB, DLT_RAW));
  EXPECT_EQ(Matching(MixedFile(), "").size(), 5U);
}

TEST(FileCaptureTest, GivesNoMoreThanItIsAskedFor) {
  CaptureSettings settings;
  settings.filter = "udp";
  FileCapture capture(test::FileOf(MixedFile()), settings);
  LinkTypeSink sink;
  EXPECT_TRUE(capture.Dispatch(2, &sink));
  EXPECT_LE(sink.link_types.size(), 2U);
  while (sink.link_types.size() < 2 && capture.Dispatch(1, &sink)) {
  }
  EXPECT_EQ(sink.link_types.size(), 2U);
}

TEST(FileCaptureTest, LeavesOutUnsupportedFramesThatNoFilterCanTell) {
  constexpr uint16_t kUsbLink = 220;
  const std::string file = kShape.Section() + kShape.Interface(kUsbLink) +
                           kShape.Interface(1) + kShape.Enhanced(0, 1, "usb") +
                           kShape.Enhanced(1, 1, Udp(test::Eth()));
  EXPECT_THAT(Matching(file, "udp"), ElementsAre(DLT_EN10MB));
  // Without a filter they are counted as what cannot be decoded.
  EXPECT_EQ(Matching(file, "").size(), 2U);
}

TEST(FileCaptureTest, RefusesAFilterThatIsWrong) {
  EXPECT_THROW(Matching(MixedFile(), "udp and and"), Error);
}

}  // namespace
}  // namespace ntm
