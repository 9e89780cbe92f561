#include "modules/interfaces/routing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

namespace ntm::interfaces {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kHeading[] =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\t"
    "Window\tIRTT\n";

TEST(RoutingTest, DefaultRoutesAreTheFirstOfTheTable) {
  std::istringstream lines(
      std::string(kHeading) +
      "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n"
      "wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n"
      "eth0\t00000000\t0102A8C0\t0003\t0\t0\t700\t00000000\t0\t0\t0\n"
      "eth1\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n");
  EXPECT_THAT(ParseRoutes(lines), ElementsAre("eth0", "wlan0"));
}

// OpenVPN adds two routes to half of the internet each. An unreachable default
// route has no interface.
TEST(RoutingTest, ARouteToHalfOfAllAddressesIsNotADefaultRoute) {
  std::istringstream lines(
      std::string(kHeading) +
      "*\t00000000\t00000000\t0200\t0\t0\t9\t00000000\t0\t0\t0\n"
      "tun0\t00000000\t0100080A\t0003\t0\t0\t0\t00000080\t0\t0\t0\n"
      "a broken line\n"
      "eth0\t00000000\t0100A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n");
  EXPECT_THAT(ParseRoutes(lines), ElementsAre("eth0"));
  std::istringstream nothing("");
  EXPECT_THAT(ParseRoutes(nothing), IsEmpty());
}

TEST(RoutingTest, DefaultRoutesOfIpv6AreFound) {
  constexpr char kZero[] = "00000000000000000000000000000000";
  constexpr char kNext[] = "fe800000000000000000000000000001";
  const std::string none = std::string(" 00 ") + kZero + " 00 ";
  std::istringstream lines(
      "fe800000000000000000000000000000 40 " + std::string(kZero) + " 00 " +
      kZero + " 00000100 00000001 00000000 00000001     eth1\n" + kZero + none +
      kNext + " 00000400 00000001 00000000 00000003     eth0\n" + kZero + none +
      kZero + " ffffffff 00000001 00000000 00200200       lo\n");
  EXPECT_THAT(ParseIpv6Routes(lines), ElementsAre("eth0"));
}

}  // namespace
}  // namespace ntm::interfaces
