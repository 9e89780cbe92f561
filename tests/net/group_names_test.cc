#include "ntm/net/group_names.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

namespace ntm {
namespace {

struct GroupCase {
  const char* address;
  const char* name;
};

void PrintTo(const GroupCase& group, std::ostream* out) {
  *out << group.address;
}

class GroupTableTest : public testing::TestWithParam<GroupCase> {};

TEST_P(GroupTableTest, IsTheRegistrys) {
  EXPECT_EQ(GroupName(ParseAddress(GetParam().address).value()),
            GetParam().name);
}

INSTANTIATE_TEST_SUITE_P(
    Ipv4, GroupTableTest,
    testing::Values(GroupCase{"224.0.0.1", "all hosts"},
                    GroupCase{"224.0.0.2", "all routers"},
                    GroupCase{"224.0.0.5", "OSPF routers"},
                    GroupCase{"224.0.0.6", "OSPF designated routers"},
                    GroupCase{"224.0.0.9", "RIPv2 routers"},
                    GroupCase{"224.0.0.13", "PIM routers"},
                    GroupCase{"224.0.0.18", "VRRP"},
                    GroupCase{"224.0.0.22", "IGMP"},
                    GroupCase{"224.0.0.251", "mDNS"},
                    GroupCase{"224.0.0.252", "LLMNR"},
                    GroupCase{"239.255.255.250", "SSDP (UPnP)"},
                    GroupCase{"255.255.255.255", "broadcast"},
                    GroupCase{"224.0.0.253", ""}, GroupCase{"10.0.0.1", ""},
                    GroupCase{"0.0.0.0", ""}, GroupCase{"224.0.1.0", ""}));

INSTANTIATE_TEST_SUITE_P(
    Ipv6, GroupTableTest,
    testing::Values(GroupCase{"ff01::1", "all nodes"},
                    GroupCase{"ff02::1", "all nodes"}, GroupCase{"ff03::1", ""},
                    GroupCase{"ff02::2", "all routers"},
                    GroupCase{"ff05::2", "all routers"},
                    GroupCase{"ff02::5", "OSPF routers"},
                    GroupCase{"ff02::6", "OSPF designated routers"},
                    GroupCase{"ff02::c", "SSDP (UPnP)"},
                    GroupCase{"ff08::c", "SSDP (UPnP)"},
                    GroupCase{"ff02::16", "MLD routers"},
                    GroupCase{"ff02::fb", "mDNS"},
                    GroupCase{"ff05::fb", "mDNS"},
                    GroupCase{"ff02::1:2", "DHCPv6 servers and relays"},
                    GroupCase{"ff02::1:3", "LLMNR"},
                    GroupCase{"ff05::1:3", "DHCPv6 servers"},
                    GroupCase{"ff02::1:ff12:3456", "neighbour discovery"},
                    GroupCase{"ff05::1:ff12:3456", ""},
                    GroupCase{"ff12::1", ""},      // not well-known
                    GroupCase{"ff02::1:0:1", ""},  // a longer number
                    GroupCase{"ff02:1::fb", ""}, GroupCase{"::1", ""},
                    GroupCase{"::", ""}, GroupCase{"fe80::fb", ""}));

TEST(GroupNameTest, OfAFrameWithoutIpIsThatOfTheHardwareAddress) {
  const auto name = [](std::array<uint8_t, 6> octets) {
    return GroupName(Address::Mac(octets.data()));
  };
  EXPECT_EQ(name({0x01, 0x80, 0xc2, 0, 0, 0x0e}), "LLDP");
  EXPECT_EQ(name({0xff, 0xff, 0xff, 0xff, 0xff, 0xff}), "broadcast");
  EXPECT_EQ(name({0x02, 0, 0, 0, 0, 1}), "");
  EXPECT_EQ(GroupName(Address()), "");
  EXPECT_EQ(GroupName(Address::Other()), "");
}

// Whatever is in the table is a group.
TEST(GroupNameTest, NoHostHasAName) {
  constexpr uint8_t kLast[] = {1, 2, 251, 255};
  for (unsigned first = 0; first < 224; ++first) {
    for (const uint8_t last : kLast) {
      const std::array<uint8_t, 4> octets = {static_cast<uint8_t>(first), 0, 0,
                                             last};
      ASSERT_EQ(GroupName(Address::Ipv4(octets.data())), "");
    }
  }
}

}  // namespace
}  // namespace ntm
