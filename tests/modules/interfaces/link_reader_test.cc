#include "modules/interfaces/link_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "modules/interfaces/netlink_socket.h"
#include "modules/interfaces/proc_net_dev.h"

namespace ntm::interfaces {
namespace {

TEST(LinkReaderTest, FindsTheLoopbackWithItsAddress) {
  LinkReader reader;
  for (int i = 0; i < 3; ++i) {
    const auto links = reader.Read();
    const auto loopback = std::ranges::find(links, "lo", &LinkReading::name);
    ASSERT_NE(loopback, links.end());
    EXPECT_GT(loopback->index, 0);
    EXPECT_GT(loopback->mtu_bytes, 0U);
    EXPECT_FALSE(loopback->is_hardware);
    EXPECT_EQ(loopback->mac, "");
    if (loopback->up) {
      EXPECT_THAT(loopback->addresses, testing::Contains("127.0.0.1/8"));
    }
  }
}

TEST(LinkReaderTest, BothSourcesAgreeOnTheLoopback) {
  NetlinkSocket socket;
  const auto from_netlink = socket.Links();
  const auto from_proc = ReadProcNetDev();
  const auto link = std::ranges::find(from_netlink, "lo", &LinkReading::name);
  const auto same = std::ranges::find(from_proc, "lo", &LinkReading::name);
  ASSERT_NE(link, from_netlink.end());
  ASSERT_NE(same, from_proc.end());
  EXPECT_GE(same->counters[kReceiveBytes], link->counters[kReceiveBytes]);
  EXPECT_EQ(same->index, link->index);
  EXPECT_EQ(same->mtu_bytes, link->mtu_bytes);
  EXPECT_EQ(same->mac, link->mac);
  EXPECT_EQ(same->up, link->up);
}

}  // namespace
}  // namespace ntm::interfaces
