#include "ntm/decode/packet.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace ntm {
namespace {

TEST(PacketTest, NamesEveryReasonOnce) {
  std::set<std::string> names;
  for (size_t i = 0; i < kDecodeStatusCount; ++i) {
    names.insert(ReasonName(static_cast<DecodeStatus>(i)));
  }
  for (size_t i = 0; i < kAnomalyCount; ++i) {
    names.insert(ReasonName(static_cast<Anomaly>(i)));
  }
  EXPECT_EQ(names.size(), kDecodeStatusCount + kAnomalyCount);
  for (const std::string& name : names) {
    EXPECT_EQ(name.find_first_not_of("abcdefghijklmnopqrstuvwxyz_"),
              std::string::npos)
        << name;
    EXPECT_FALSE(name.empty());
  }
  EXPECT_STREQ(ReasonName(DecodeStatus::kOk), "ok");
}

TEST(PacketTest, KeepsSeveralAnomalies) {
  Packet packet;
  packet.Add(Anomaly::kIpLengthZero);
  packet.Add(Anomaly::kTruncatedExtension);
  EXPECT_TRUE(packet.Has(Anomaly::kIpLengthZero));
  EXPECT_TRUE(packet.Has(Anomaly::kTruncatedExtension));
  EXPECT_FALSE(packet.Has(Anomaly::kIpLengthBeyondFrame));
  EXPECT_FALSE(packet.Has(Anomaly::kTruncatedTransport));
}

}  // namespace
}  // namespace ntm
