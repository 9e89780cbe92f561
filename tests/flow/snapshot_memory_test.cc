#include "ntm/flow/snapshot_memory.h"

#include <gtest/gtest.h>

#include <optional>

namespace ntm {
namespace {

TEST(SnapshotMemoryTest, UsesTheMemoryOfAFreedSnapshotForTheNext) {
  SnapshotMemory memory;
  auto first = memory.Make();
  first->flows.resize(1000);
  first->extras.resize(1000);
  const Flow* const flows = first->flows.data();
  const FlowExtras* const extras = first->extras.data();
  first.reset();
  const auto second = memory.Make();
  EXPECT_EQ(second->flows.size(), 0U);
  EXPECT_EQ(second->flows.capacity(), 1000U);
  EXPECT_EQ(second->flows.data(), flows);
  EXPECT_EQ(second->extras.data(), extras);
  EXPECT_EQ(memory.Make()->flows.capacity(), 0U) << "it is in use";
}

TEST(SnapshotMemoryTest, KeepsOneCopyOnly) {
  SnapshotMemory memory;
  auto first = memory.Make();
  auto second = memory.Make();
  first->flows.resize(1000);
  second->flows.resize(1001);
  first.reset();
  second.reset();
  EXPECT_EQ(memory.Make()->flows.capacity(), 1000U);
  auto third = memory.Make();
  auto fourth = memory.Make();
  EXPECT_EQ(fourth->flows.capacity(), 0U);
}

TEST(SnapshotMemoryTest, KeepsNoneThatIsMuchTooLarge) {
  SnapshotMemory memory;
  auto snapshot = memory.Make();
  snapshot->flows.resize(1000);
  snapshot->flows.resize(100);
  snapshot.reset();
  EXPECT_EQ(memory.Make()->flows.capacity(), 0U);
}

TEST(SnapshotMemoryTest, MayEndBeforeItsSnapshots) {
  std::optional<SnapshotMemory> memory(std::in_place);
  auto snapshot = memory->Make();
  snapshot->flows.resize(10);
  memory.reset();
  snapshot.reset();
}

}  // namespace
}  // namespace ntm
