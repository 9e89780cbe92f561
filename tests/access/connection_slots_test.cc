#include "ntm/access/connection_slots.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "ntm/access/peer.h"

namespace ntm {
namespace {

class ConnectionSlotsTest : public testing::Test {
 protected:
  // Returns how many of `wanted` slots the peer gets.
  size_t Take(const std::string& peer, PeerKind kind, size_t wanted) {
    size_t got = 0;
    while (got < wanted) {
      auto slot = slots_.Take(OnePeer(peer), kind);
      if (!slot) break;
      held_.push_back(std::move(*slot));
      ++got;
    }
    return got;
  }

  ConnectionSlots slots_{1024};
  std::vector<ConnectionSlot> held_;
};

TEST_F(ConnectionSlotsTest, OnePeerGetsAnEighth) {
  EXPECT_EQ(Take("203.0.113.1", PeerKind::kOther, 2000), 128U);
  EXPECT_EQ(Take("203.0.113.2", PeerKind::kOther, 2000), 128U);
  EXPECT_EQ(Take("10.0.0.1", PeerKind::kLocal, 2000), 128U);
  held_.clear();
  EXPECT_EQ(Take("203.0.113.1", PeerKind::kOther, 2000), 128U);
}

TEST_F(ConnectionSlotsTest, AnIpv6LinkIsOnePeerAndSoIsALinkLocalHost) {
  EXPECT_EQ(Take("2001:db8::1", PeerKind::kOther, 100), 100U);
  EXPECT_EQ(Take("2001:db8::ffff:2", PeerKind::kOther, 100), 28U);
  EXPECT_EQ(Take("2001:db8:0:1::1", PeerKind::kOther, 100), 100U);
  EXPECT_EQ(Take("fe80::1", PeerKind::kLocal, 1000), 128U);
  EXPECT_EQ(Take("fe80::2", PeerKind::kLocal, 100), 100U);
}

TEST_F(ConnectionSlotsTest, ThisMachineIsOnePeerThatGetsHalf) {
  EXPECT_EQ(Take("127.0.0.1", PeerKind::kThisMachine, 500), 500U);
  EXPECT_EQ(Take("127.1.2.3", PeerKind::kThisMachine, 500), 12U);
  EXPECT_EQ(Take("::1", PeerKind::kThisMachine, 500), 0U);
}

TEST_F(ConnectionSlotsTest, ReservesSlotsForThisMachineAndItsNetworks) {
  size_t got = 0;
  for (int i = 0; i < 100; ++i) {
    got += Take("203.0.113." + std::to_string(i), PeerKind::kOther, 1000);
  }
  EXPECT_EQ(got, 1024U - 128 - 128);
  EXPECT_EQ(Take("10.0.0.1", PeerKind::kLocal, 1000), 128U);
  EXPECT_EQ(Take("10.0.0.2", PeerKind::kLocal, 1000), 0U);
  EXPECT_EQ(Take("127.0.0.1", PeerKind::kThisMachine, 1000), 128U);
}

TEST_F(ConnectionSlotsTest, ReservesNothingIfThereAreFewSlots) {
  ConnectionSlots few(3);
  std::vector<ConnectionSlot> held;
  for (int i = 0; i < 3; ++i) {
    auto slot = few.Take(OnePeer("203.0.113.1"), PeerKind::kOther);
    ASSERT_TRUE(slot);
    held.push_back(std::move(*slot));
  }
  EXPECT_FALSE(few.Take(OnePeer("203.0.113.2"), PeerKind::kOther));
}

}  // namespace
}  // namespace ntm
