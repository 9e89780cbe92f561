#include "modules/agents/machine_load.h"

#include <gtest/gtest.h>

namespace ntm::agents {
namespace {

TEST(MachineLoadTest, CountsAllExceptIdleAndIowaitAsBusy) {
  const CpuTime before = CpuTimeIn(
      "cpu  100 10 50 1000 40 5 5 10 77 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n");
  EXPECT_EQ(before.busy, 180U);
  EXPECT_EQ(before.all, 1220U);
  const CpuTime now = CpuTimeIn("cpu  120 10 55 1050 65 5 5 10 99 0\n");
  EXPECT_EQ(CpuPercent(before, now), 25);
}

TEST(MachineLoadTest, ReturnsZeroForMissingValues) {
  EXPECT_EQ(CpuTimeIn("").all, 0U);
  EXPECT_EQ(CpuTimeIn("cpu 1 2 3\n").all, 0U);
  EXPECT_EQ(CpuPercent({5, 10}, {5, 10}), 0);
  EXPECT_EQ(CpuPercent({5, 10}, {4, 12}), 0);
  EXPECT_EQ(MemoryPercentIn(""), 0);
}

TEST(MachineLoadTest, CountsAvailableMemoryAsFree) {
  EXPECT_EQ(MemoryPercentIn("MemTotal:        1000 kB\n"
                            "MemFree:          100 kB\n"
                            "MemAvailable:     250 kB\n"),
            75);
}

TEST(MachineLoadTest, ReadsThisMachine) {
  MachineLoad load;
  const auto now = load.Read();
  EXPECT_GT(now.cpu_percent, 0);
  EXPECT_LE(now.cpu_percent, 100);
  EXPECT_GT(now.memory_percent, 0);
  EXPECT_LT(now.memory_percent, 100);
}

}  // namespace
}  // namespace ntm::agents
