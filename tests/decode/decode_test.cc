#include "ntm/decode/decode.h"

#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "header_shapes.h"
#include "packet_builder.h"
#include "packet_text.h"

namespace ntm {
namespace {

using test::CapturedFrame;
using test::Describe;
using test::DescribeDecoded;
using test::Eth;
using test::HeaderShape;
using test::HeaderShapes;
using test::PacketBuilder;

// The first `length` bytes in a heap block of exactly that size, so that ASan
// detects any access after its end.
class ExactCopy {
 public:
  ExactCopy(const CapturedFrame& frame, size_t length)
      : bytes_(std::make_unique<uint8_t[]>(length)), frame_(frame.View()) {
    std::copy_n(frame.bytes.data(), length, bytes_.get());
    frame_.data = bytes_.get();
    frame_.captured_bytes = static_cast<uint32_t>(length);
  }

  const Frame& frame() const { return frame_; }
  uint8_t* bytes() { return bytes_.get(); }

 private:
  std::unique_ptr<uint8_t[]> bytes_;
  Frame frame_;
};

class DecodeShapeTest : public testing::TestWithParam<HeaderShape> {
 protected:
  static DecodeStatus ExpectedStatus(const HeaderShape& shape, size_t length) {
    if (length < shape.link_end) return DecodeStatus::kTruncatedLink;
    if (length < shape.address_end) return DecodeStatus::kTruncatedIp;
    return DecodeStatus::kOk;
  }

  static void ExpectAnomalies(const HeaderShape& shape, size_t length,
                              const Packet& packet) {
    const bool cut_extension = length < shape.extension_end;
    const bool cut_ports = !cut_extension && length < shape.ports_end;
    EXPECT_EQ(packet.Has(Anomaly::kTruncatedExtension), cut_extension);
    EXPECT_EQ(packet.Has(Anomaly::kTruncatedTransport), cut_ports);
    EXPECT_EQ(packet.has_ports,
              shape.ports_end != 0 && !cut_extension && !cut_ports);
  }
};

TEST_P(DecodeShapeTest, DecodesEveryShape) {
  const ExactCopy whole(GetParam().frame, GetParam().frame.bytes.size());
  EXPECT_EQ(DescribeDecoded(whole.frame()), GetParam().description);
}

TEST_P(DecodeShapeTest, DetectsEveryTruncation) {
  const HeaderShape& shape = GetParam();
  Packet whole;
  ASSERT_EQ(Decode(shape.frame.View(), &whole), DecodeStatus::kOk);
  for (size_t length = 0; length <= shape.frame.bytes.size(); ++length) {
    SCOPED_TRACE(length);
    const ExactCopy cut(shape.frame, length);
    Packet packet;
    const DecodeStatus status = Decode(cut.frame(), &packet);
    EXPECT_STREQ(ReasonName(status), ReasonName(ExpectedStatus(shape, length)));
    if (status != DecodeStatus::kOk) continue;
    EXPECT_EQ(packet.bytes, whole.bytes);
    EXPECT_EQ(packet.src, whole.src);
    EXPECT_EQ(packet.dst, whole.dst);
    EXPECT_EQ(packet.network_offset, whole.network_offset);
    ExpectAnomalies(shape, length, packet);
  }
}

// Replaces one, two or three octets of the headers: all offsets in the result
// are still inside the frame.
TEST_P(DecodeShapeTest, StaysInsideMutatedFrames) {
  const HeaderShape& shape = GetParam();
  const size_t size = shape.frame.bytes.size();
  std::minstd_rand random(27);
  for (int round = 0; round < 2000; ++round) {
    ExactCopy mutant(shape.frame, 1 + random() % size);
    const size_t captured = mutant.frame().captured_bytes;
    for (size_t i = 0; i <= round % 3U; ++i) {
      mutant.bytes()[random() % std::min<size_t>(captured, 64)] =
          static_cast<uint8_t>(random());
    }
    Packet packet;
    if (Decode(mutant.frame(), &packet) != DecodeStatus::kOk) continue;
    ASSERT_LE(packet.network_offset, captured);
    // NFLOG does not say how long the packet was.
    if (shape.frame.link_type != DLT_NFLOG) {
      ASSERT_LE(packet.network_offset + packet.bytes, size);
    }
    if (packet.is_ip) {
      ASSERT_GE(packet.bytes, 20U);
    }
    if (packet.has_macs) {
      ASSERT_LE(packet.src_mac_offset + 6U, captured);
    }
    ASSERT_FALSE(packet.has_ports && packet.later_fragment);
  }
}

INSTANTIATE_TEST_SUITE_P(All, DecodeShapeTest,
                         testing::ValuesIn(HeaderShapes()),
                         [](const auto& shape) { return shape.param.name; });

TEST(DecodeTest, PointsAtTheNetworkHeaderAndTheMacs) {
  Packet packet;
  const CapturedFrame frame = Eth()
                                  .Vlan(1, 0x88a8)
                                  .Vlan(2)
                                  .Ipv4("10.0.0.1", "10.0.0.2")
                                  .Udp(1, 2)
                                  .Build();
  ASSERT_EQ(Decode(frame.View(), &packet), DecodeStatus::kOk);
  EXPECT_EQ(packet.network_offset, 22U);
  ASSERT_TRUE(packet.has_macs);
  EXPECT_EQ(ToString(Address::Mac(&frame.bytes[packet.src_mac_offset])),
            test::kMacA);
  EXPECT_EQ(ToString(Address::Mac(&frame.bytes[packet.dst_mac_offset])),
            test::kMacB);
}

TEST(DecodeTest, SupportsTheLinkTypesItClaimsToSupport) {
  const CapturedFrame frame =
      Eth().Ipv4("10.0.0.1", "10.0.0.2").Udp(1, 2).Build();
  for (int link_type = 0; link_type < 300; ++link_type) {
    Frame view = frame.View();
    view.link_type = link_type;
    Packet packet;
    EXPECT_EQ(Decode(view, &packet) != DecodeStatus::kUnsupportedLinkType,
              IsLinkTypeSupported(link_type))
        << link_type;
  }
  EXPECT_TRUE(IsLinkTypeSupported(DLT_IEEE802_11_RADIO));
  EXPECT_FALSE(IsLinkTypeSupported(DLT_USB_LINUX_MMAPPED));
  EXPECT_FALSE(IsLinkTypeSupported(DLT_BLUETOOTH_HCI_H4_WITH_PHDR));
}

// The fast path and the general one must give the same result: a frame with a
// tag takes the general path, without the tag the fast one.
TEST(DecodeTest, GivesTheSameResultWithAndWithoutATag) {
  for (const bool tcp : {true, false}) {
    for (uint16_t length = 0; length < 80; ++length) {
      const auto describe = [&](bool tagged) {
        PacketBuilder frame = Eth();
        if (tagged) frame.Vlan(0);
        frame.Ipv4("10.0.0.1", "10.0.0.2").Dscp(10);
        if (tcp) {
          frame.Tcp(1, 2).Payload(12);
        } else {
          frame.Udp(1, 2).Payload(24);
        }
        Packet packet;
        const CapturedFrame built = frame.IpLength(length).Build();
        EXPECT_EQ(Decode(built.View(), &packet), DecodeStatus::kOk);
        EXPECT_EQ(packet.has_vlan, tagged);
        packet.has_vlan = false;
        return Describe(packet);
      };
      EXPECT_EQ(describe(true), describe(false)) << length;
    }
  }
}

}  // namespace
}  // namespace ntm
