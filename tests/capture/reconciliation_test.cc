#include "capture/reconciliation.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

LinkState LinkAfter(uint64_t receive_bytes, uint64_t transmit_bytes) {
  LinkState link;
  link.receive_bytes = receive_bytes;
  link.transmit_bytes = transmit_bytes;
  return link;
}

TEST(ReconciliationTest, DividesWhatWasCapturedByWhatTheKernelCounted) {
  Reconciliation reconciliation;
  reconciliation.Begin(LinkAfter(1000, 500), 70);
  EXPECT_EQ(reconciliation.Next(LinkAfter(1100, 600), 270), 1.0);
  EXPECT_EQ(reconciliation.Next(LinkAfter(1200, 700), 370), 0.5);
}

TEST(ReconciliationTest, HasNoAnswerWhereNothingWasCounted) {
  Reconciliation reconciliation;
  reconciliation.Begin(LinkAfter(1000, 0), 0);
  EXPECT_EQ(reconciliation.Next(LinkAfter(1000, 0), 50), std::nullopt);
  EXPECT_EQ(reconciliation.Next(LinkAfter(1100, 0), 150), 1.0);
}

TEST(ReconciliationTest, BeginsWithTheFirstLinkWhereThereWasNone) {
  Reconciliation reconciliation;
  reconciliation.Begin(std::nullopt, 0);
  EXPECT_EQ(reconciliation.Next(LinkAfter(1000, 0), 900), std::nullopt);
  EXPECT_EQ(reconciliation.Next(LinkAfter(1200, 0), 1000), 0.5);
}

TEST(ReconciliationTest, CountsLoopbackOnce) {
  Reconciliation reconciliation;
  LinkState link = LinkAfter(0, 0);
  link.is_loopback = true;
  reconciliation.Begin(link, 0);
  link.receive_bytes = link.transmit_bytes = 100;
  EXPECT_EQ(reconciliation.Next(link, 100), 1.0);
}

TEST(ReconciliationTest, HasNoAnswerForABridge) {
  Reconciliation reconciliation;
  LinkState link = LinkAfter(0, 0);
  link.is_bridge = true;
  reconciliation.Begin(link, 0);
  link.receive_bytes = 100;
  EXPECT_EQ(reconciliation.Next(link, 100), std::nullopt);
}

}  // namespace
}  // namespace ntm
