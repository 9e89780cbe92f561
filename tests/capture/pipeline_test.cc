// What an input makes of frames longer than the MTU, and of its snapshot's
// room.
#include "ntm/capture/pipeline.h"

#include <gtest/gtest.h>

#include <memory>
#include <mutex>
#include <string>

#include "packet_builder.h"

namespace ntm {
namespace {

using test::Eth;

constexpr uint32_t kMtuBytes = 1500;
constexpr uint32_t kLargerMtuBytes = 9000;

class PipelineTest : public testing::Test {
 protected:
  void Add(int host, size_t payload) {
    input_.OnFrame(Eth()
                       .Ipv4("10.0.0." + std::to_string(host), "10.1.0.1")
                       .Udp(40000, 53)
                       .Payload(payload)
                       .Build()
                       .View());
  }
  uint64_t Superpackets() const { return input_.counts().superpackets.frames; }

  Pipeline pipeline_{1000, 1, std::make_shared<const Services>()};
  Pipeline::Input input_{&pipeline_, 1};
};

TEST_F(PipelineTest, CountsWhatIsLongerThanTheMtuWhenItStays) {
  input_.SetMtuBytes(kMtuBytes);
  Add(1, kMtuBytes - 28);
  Add(1, 4 * kMtuBytes);
  EXPECT_EQ(Superpackets(), 0U);
  input_.SetMtuBytes(kMtuBytes);
  EXPECT_EQ(Superpackets(), 1U);
  EXPECT_EQ(input_.counts().superpackets.segments, 5U);
  Add(1, 4 * kMtuBytes);
  input_.SetMtuBytes(0);  // at the end
  EXPECT_EQ(Superpackets(), 2U);
}

TEST_F(PipelineTest, TakesNothingForMergedWhereTheMtuWasRaisedMeanwhile) {
  input_.SetMtuBytes(kMtuBytes);
  Add(1, 4000);
  input_.SetMtuBytes(kLargerMtuBytes);
  Add(1, 4000);
  input_.SetMtuBytes(kLargerMtuBytes);
  EXPECT_EQ(Superpackets(), 0U);
  EXPECT_EQ(input_.counts().superpackets.merged_header_bytes, 0U);
  input_.SetMtuBytes(kMtuBytes);
  Add(1, 4000);
  input_.SetMtuBytes(kMtuBytes);
  EXPECT_EQ(Superpackets(), 1U);
}

TEST_F(PipelineTest, CopiesIntoTheRoomThatWasMade) {
  for (int host = 1; host < 250; ++host) Add(host, 10);
  Snapshot snapshot;
  pipeline_.MakeRoom(&snapshot);
  const auto* const room = snapshot.flows.data();
  for (int host = 250; host < 256; ++host) Add(host, 10);
  const std::scoped_lock lock(pipeline_.lock());
  pipeline_.CopyTo(&snapshot);
  EXPECT_EQ(snapshot.flows.size(), 255U);
  EXPECT_EQ(snapshot.flows.data(), room);
}

}  // namespace
}  // namespace ntm
