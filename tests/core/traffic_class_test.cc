#include "ntm/traffic_class.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

std::string_view ClassOf(Protocol protocol, int port_a, int port_b) {
  const auto a = static_cast<uint16_t>(port_a);
  const auto b = static_cast<uint16_t>(port_b);
  static const TrafficClasses classes;
  const std::string_view name =
      TrafficClasses::Name(classes.OfConversation(protocol, a, b));
  EXPECT_EQ(name, TrafficClasses::Name(classes.OfConversation(protocol, b, a)));
  return name;
}

TEST(TrafficClassesTest, ClassifiesByEitherPort) {
  for (int port : {1935, 3478, 3479, 5004, 5005, 1755, 8554, 6970, 6979}) {
    EXPECT_EQ(ClassOf(kProtocolUdp, 40000, port), "video") << port;
  }
  for (int port : {5060, 5062, 16384, 16396}) {
    EXPECT_EQ(ClassOf(kProtocolUdp, 40000, port), "voice") << port;
  }
  for (int port : {20, 21, 22, 25, 80, 110, 143, 443, 445, 3389, 8080}) {
    EXPECT_EQ(ClassOf(kProtocolTcp, 40000, port), "file") << port;
  }
  for (int port : {53, 123, 161, 162, 389, 636, 3306, 5432}) {
    EXPECT_EQ(ClassOf(kProtocolUdp, 40000, port), "background") << port;
  }
}

TEST(TrafficClassesTest, NeverTakesUnknownUdpForVoice) {
  EXPECT_EQ(ClassOf(kProtocolUdp, 40000, 50000), "other");
  EXPECT_EQ(ClassOf(kProtocolUdp, 40000, 443), "file");
}

TEST(TrafficClassesTest, PrefersTheLowerOfTwoKnownPorts) {
  EXPECT_EQ(ClassOf(kProtocolTcp, 5060, 443), "file");
  EXPECT_EQ(ClassOf(kProtocolUdp, 5004, 16384), "video");
}

TEST(TrafficClassesTest, PutsWhatHasNoPortsUnderOther) {
  EXPECT_EQ(ClassOf(kProtocolIcmp, 53, 53), "other");
}

}  // namespace
}  // namespace ntm
