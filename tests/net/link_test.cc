#include "ntm/net/link.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace ntm {
namespace {

TEST(LinksTest, FindsLoopbackWithItsFlags) {
  Links links;
  const auto loopback = links.Find("lo");
  ASSERT_TRUE(loopback.has_value());
  EXPECT_EQ(loopback->name, "lo");
  EXPECT_GT(loopback->index, 0);
  EXPECT_TRUE(loopback->is_loopback);
  EXPECT_FALSE(loopback->is_bridge);
  EXPECT_FALSE(loopback->is_hardware);
  EXPECT_GT(loopback->mtu_bytes, 0U);
}

TEST(LinksTest, FindsNothingForAnUnknownName) {
  EXPECT_FALSE(Links().Find("ntm-no-such-if").has_value());
}

TEST(LinksTest, ListsEveryLinkThatFindReturns) {
  Links links;
  const auto all = links.All();
  const auto loopback = std::ranges::find(all, "lo", &LinkState::name);
  ASSERT_NE(loopback, all.end());
  EXPECT_EQ(loopback->index, links.Find("lo")->index);
}

TEST(LinksTest, ChoosesAnExistingDefaultInterfaceOtherThanLoopback) {
  Links links;
  const std::string name = links.DefaultInterface();
  if (name.empty()) return;  // the machine has only loopback
  const auto link = links.Find(name);
  ASSERT_TRUE(link.has_value());
  EXPECT_FALSE(link->is_loopback);
}

}  // namespace
}  // namespace ntm
