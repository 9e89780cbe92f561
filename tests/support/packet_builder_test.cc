// Other tests depend on the packet builder, so it has tests of its own.
#include "packet_builder.h"

#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <filesystem>
#include <stdexcept>
#include <vector>

#include "capture_file.h"

namespace ntm::test {
namespace {

TEST(PacketBuilderTest, WritesAFrameOctetByOctet) {
  EXPECT_EQ(Eth("02:00:00:00:00:01", "02:00:00:00:00:02")
                .Vlan(7)
                .Ipv4("192.168.0.1", "192.168.0.199")
                .Udp(53, 1024)
                .Payload(2)
                .Padding(1)
                .Bytes(),
            (Bytes{0x02, 0,    0,    0,    0,   2,   0x02, 0,    0,    0,
                   0,    1,    0x81, 0x00, 0,   7,   0x08, 0x00, 0x45, 0,
                   0,    30,   0,    0,    0,   0,   64,   17,   0xf8, 0xb6,
                   192,  168,  0,    1,    192, 168, 0,    199,  0,    53,
                   0x04, 0x00, 0,    10,   0,   0,   0,    1,    0}));
}

TEST(PacketBuilderTest, TruncatesTheCapturedBytesOnly) {
  const CapturedFrame frame = Eth()
                                  .Ipv4("10.0.0.1", "10.0.0.2")
                                  .Tcp(1, 2)
                                  .Payload(1000)
                                  .Snaplen(96)
                                  .Build();
  EXPECT_EQ(frame.bytes.size(), 96U);
  EXPECT_EQ(frame.wire_bytes, 1054U);
  EXPECT_EQ(frame.View().captured_bytes, 96U);
  EXPECT_EQ(frame.View().wire_bytes, 1054U);
}

TEST(PacketBuilderTest, RefusesLayersInAWrongOrder) {
  EXPECT_THROW(Eth().Tcp(1, 2), std::invalid_argument);
  EXPECT_THROW(PppLink().Vlan(1), std::invalid_argument);
  EXPECT_THROW(Eth().Ipv4("10.0.0.256", "10.0.0.2"), std::invalid_argument);
}

TEST(CaptureFileTest, ReadsBackWhatItWrote) {
  const std::string path =
      testing::TempDir() + "ntm_capture_file_test_" +
      testing::UnitTest::GetInstance()->current_test_info()->name() + ".pcap";
  const std::vector<CapturedFrame> frames{
      Sll().Ipv6("::1", "::2").Udp(1, 2).At(1'234'567'890'123'456'789).Build(),
      Sll().Arp("10.0.0.1", "10.0.0.2").Snaplen(20).Build()};
  WritePcap(path, frames, DLT_LINUX_SLL);
  const std::vector<CapturedFrame> read = ReadPcap(path);
  std::filesystem::remove(path);
  ASSERT_EQ(read.size(), frames.size());
  for (size_t i = 0; i < frames.size(); ++i) {
    EXPECT_EQ(read[i].bytes, frames[i].bytes);
    EXPECT_EQ(read[i].wire_bytes, frames[i].wire_bytes);
    EXPECT_EQ(read[i].time_ns, frames[i].time_ns);
    EXPECT_EQ(read[i].link_type, DLT_LINUX_SLL);
  }
}

TEST(CaptureFileTest, NamesTheFileThatCannotBeRead) {
  EXPECT_THROW(ReadPcap("/nonexistent.pcap"), std::runtime_error);
  EXPECT_THROW(WritePcap("/nonexistent/x.pcap", {}, DLT_EN10MB),
               std::runtime_error);
}

}  // namespace
}  // namespace ntm::test
