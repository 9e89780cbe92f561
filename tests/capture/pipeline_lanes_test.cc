// Several lanes are one pipeline: one series per key, exact sums, and counters
// that only grow.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/capture/pipeline.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using test::CapturedFrame;
using test::Eth;

std::string HostOf(uint32_t number) {
  return "10." + std::to_string(number >> 16 & 255) + "." +
         std::to_string(number >> 8 & 255) + "." + std::to_string(number & 255);
}

CapturedFrame FrameOf(uint32_t host, int64_t time_ns, size_t payload = 0) {
  return Eth()
      .Ipv4(HostOf(host), "10.255.0.1")
      .Udp(40000, 53)
      .Payload(payload)
      .At(time_ns)
      .Build();
}

// A pipeline with one input per lane.
class Lanes {
 public:
  Lanes(size_t max_series, size_t lanes, uint64_t seed = 1)
      : pipeline_(max_series, seed, std::make_shared<const Services>(), {},
                  lanes) {
    for (size_t i = 0; i < lanes; ++i)
      inputs_.emplace_back(&pipeline_, uint16_t{1}, i);
  }

  void Add(size_t lane, uint32_t host, int64_t time_ns, size_t payload = 0) {
    inputs_[lane].OnFrame(FrameOf(host, time_ns, payload).View());
  }

  const Snapshot& Take() {
    {
      const std::scoped_lock lock(pipeline_.lock());
      pipeline_.CopyTo(&snapshot_);
    }
    pipeline_.Merge(&snapshot_);
    return snapshot_;
  }

  // Packets by src, of living flows but "other".
  std::map<std::string, Flow> Flows() {
    std::map<std::string, Flow> flows;
    for (const Flow& flow : Take().flows) {
      if (flow.key.Src().kind == AddressKind::kOther) continue;
      EXPECT_TRUE(flows.emplace(ToString(flow.key.Src()), flow).second);
    }
    return flows;
  }

  uint64_t PacketsOf(uint32_t host) {
    const auto flows = Flows();
    const auto found = flows.find(HostOf(host));
    return found == flows.end() ? 0 : found->second.packets;
  }

  void ExpectExactSums() {
    Pipeline::InputCounts seen;
    for (const auto& input : inputs_) seen += input.counts();
    const Snapshot& snapshot = Take();
    uint64_t packets = snapshot.evicted_packets;
    uint64_t bytes = snapshot.evicted_bytes;
    for (const Flow& flow : snapshot.flows) {
      packets += flow.packets;
      bytes += flow.bytes;
    }
    for (const uint64_t errors : snapshot.decode_errors) packets += errors;
    ASSERT_EQ(packets, seen.packets);
    ASSERT_EQ(bytes, seen.bytes);
    ASSERT_LE(snapshot.flows.size(), snapshot.series_limit);
  }

  Pipeline& pipeline() { return pipeline_; }
  std::vector<Pipeline::Input>& inputs() { return inputs_; }

 private:
  Pipeline pipeline_;
  std::vector<Pipeline::Input> inputs_;
  Snapshot snapshot_;
};

TEST(PipelineLanesTest, SharesTheSeriesEvenly) {
  EXPECT_EQ(Lanes(10000, 1).Take().series_limit, 10000U);
  EXPECT_EQ(Lanes(10001, 4).Take().series_limit, 10001U);
  EXPECT_EQ(Lanes(3 * FlowTable::kMinCapacity, 3).Take().series_limit, 48U);
  EXPECT_THROW(Lanes(3 * FlowTable::kMinCapacity - 1, 3), Error);
}

TEST(PipelineLanesTest, MakesOneSeriesOfAKeyInSeveralLanes) {
  Lanes lanes(300, 3);
  for (size_t lane = 0; lane < 3; ++lane) {
    for (size_t i = 0; i <= lane; ++i) {
      lanes.Add(lane, 1, static_cast<int64_t>(10 - lane), 100);
    }
  }
  lanes.Add(1, 2, 5);
  ASSERT_EQ(lanes.Take().flows.size(), 2U);
  const Flow flow = lanes.Flows().at(HostOf(1));
  EXPECT_EQ(flow.packets, 6U);
  EXPECT_EQ(flow.bytes, 6U * 128);
  EXPECT_EQ(flow.last_seen_ns, 10);
  lanes.ExpectExactSums();
}

TEST(PipelineLanesTest, MakesOneSeriesOfOther) {
  Lanes lanes(48, 3);
  for (uint32_t host = 0; host < 300; ++host) lanes.Add(host % 3, host, 1);
  const auto& flows = lanes.Take().flows;
  EXPECT_EQ(std::ranges::count_if(flows,
                                  [](const Flow& flow) {
                                    return flow.key.Src().kind ==
                                           AddressKind::kOther;
                                  }),
            1);
  lanes.ExpectExactSums();
}

TEST(PipelineLanesTest, SumsTheDecodeErrorsOfAllLanes) {
  Lanes lanes(48, 3);
  for (size_t lane = 0; lane < 3; ++lane) {
    auto frame = FrameOf(1, 1);
    frame.bytes.resize(10);
    lanes.inputs()[lane].OnFrame(frame.View());
  }
  uint64_t errors = 0;
  for (const uint64_t count : lanes.Take().decode_errors) errors += count;
  EXPECT_EQ(errors, 3U);
  lanes.ExpectExactSums();
}

TEST(PipelineLanesTest, KeepsASeriesThatOneLaneEndsAndAnotherHas) {
  Lanes lanes(300, 3);
  for (int i = 0; i < 5; ++i) lanes.Add(0, 1, 10 * kNsPerSecond);
  lanes.Add(2, 1, 20 * kNsPerSecond);
  lanes.pipeline().EvictIdle(20 * kNsPerSecond);
  EXPECT_EQ(lanes.PacketsOf(1), 6U);
  EXPECT_EQ(lanes.Take().evicted_series, 0U);
  lanes.Add(0, 1, 21 * kNsPerSecond);
  EXPECT_EQ(lanes.PacketsOf(1), 7U);
  lanes.ExpectExactSums();
}

TEST(PipelineLanesTest, EndsASeriesOnceWhenItsLastLaneDoes) {
  Lanes lanes(300, 3);
  for (size_t lane = 0; lane < 3; ++lane) lanes.Add(lane, 1, 10 * kNsPerSecond);
  lanes.pipeline().EvictIdle(11 * kNsPerSecond);
  EXPECT_EQ(lanes.PacketsOf(1), 0U);
  EXPECT_EQ(lanes.Take().evicted_series, 1U);
  EXPECT_EQ(lanes.Take().evicted_packets, 3U);
  lanes.Add(1, 1, 12 * kNsPerSecond);
  EXPECT_EQ(lanes.PacketsOf(1), 1U);
  lanes.ExpectExactSums();
}

TEST(PipelineLanesTest, EndsAllThatIsIdleInOneSweep) {
  Lanes lanes(9000, 3);
  for (uint32_t host = 0; host < 4000; ++host) lanes.Add(host % 3, host, 1);
  EXPECT_EQ(lanes.Take().flows.size(), 4000U);
  lanes.pipeline().EvictIdle(2);
  EXPECT_EQ(lanes.Take().flows.size(), 0U);
  EXPECT_EQ(lanes.Take().evicted_series, 4000U);
  lanes.ExpectExactSums();
}

// Sends enough to be admitted, and takes the slot of a flow long silent.
void PushOut(Lanes* lanes, size_t lane, uint32_t host, int64_t time_ns) {
  for (int packet = 0; packet < 12; ++packet) lanes->Add(lane, host, time_ns);
}

// 16 slots a lane: 13 of them in the regular region, which 0 to 12 have in the
// first lane, until others exchange them for themselves.
void PushOutTheFirst13(Lanes* lanes, size_t lane = 0) {
  for (uint32_t host = 0; host < 13; ++host) PushOut(lanes, lane, host, 0);
  for (uint32_t host = 100; host < 200; ++host) {
    PushOut(lanes, lane, host, (host - 80) * kNsPerSecond);
  }
}

TEST(PipelineLanesTest, GoesOnWithAKeyThatReturnsBeforeItWasMissed) {
  Lanes missed(48, 3);
  PushOutTheFirst13(&missed);
  ASSERT_EQ(missed.PacketsOf(5), 0U);
  Lanes lanes(48, 3);
  PushOutTheFirst13(&lanes);
  lanes.Add(1, 5, 300 * kNsPerSecond);
  EXPECT_EQ(lanes.PacketsOf(5), 13U);
  EXPECT_EQ(lanes.Take().evicted_series + 1, missed.Take().evicted_series);
  lanes.ExpectExactSums();
}

TEST(PipelineLanesTest, EndsASeriesOnceThatTwoLanesGaveUp) {
  Lanes one(48, 3);
  PushOutTheFirst13(&one);
  Lanes two(48, 3);  // of one seed, so both lanes give up the same flows
  PushOutTheFirst13(&two, 0);
  PushOutTheFirst13(&two, 2);
  EXPECT_EQ(two.Take().evicted_series, one.Take().evicted_series);
  EXPECT_EQ(two.Take().evicted_packets, 2 * one.Take().evicted_packets);
  EXPECT_GT(one.Take().evicted_series, 0U);
  two.ExpectExactSums();
}

TEST(PipelineLanesTest, StopsToExchangeWhileWhatItEndedIsNotSettled) {
  Lanes lanes(48, 3);
  PushOutTheFirst13(&lanes);
  EXPECT_EQ(lanes.Take().evicted_series, FlowTable::kMinCapacity);
  lanes.ExpectExactSums();
  // Now there is room again.
  PushOut(&lanes, 0, 500, 500 * kNsPerSecond);
  EXPECT_EQ(lanes.Take().evicted_series, FlowTable::kMinCapacity + 1);
  lanes.ExpectExactSums();
}

// A series may end, and fall, only if every lane's flow of it may: the latest
// of them was silent for long enough. Whatever falls is told as evicted.
class Watch {
 public:
  explicit Watch(Lanes* lanes) : lanes_(lanes) {}

  void Look(int64_t now_ns, int64_t idle_before_ns) {
    const auto after = lanes_->Flows();
    const Snapshot& snapshot = lanes_->Take();
    uint64_t ended = 0;
    uint64_t ended_packets = 0;
    for (const auto& [host, flow] : before_) {
      const auto found = after.find(host);
      if (found != after.end() && found->second.packets >= flow.packets &&
          found->second.bytes >= flow.bytes) {
        continue;
      }
      ++ended;
      ended_packets += flow.packets;
      ASSERT_TRUE(flow.last_seen_ns < idle_before_ns ||
                  flow.last_seen_ns <= now_ns - FlowTable::kMinSilenceNs)
          << host;
    }
    ASSERT_LE(ended, snapshot.evicted_series - evicted_series_);
    ASSERT_LE(ended_packets, snapshot.evicted_packets - evicted_packets_);
    ended_ += ended;
    before_ = after;
    evicted_series_ = snapshot.evicted_series;
    evicted_packets_ = snapshot.evicted_packets;
  }

  uint64_t ended() const { return ended_; }

 private:
  Lanes* lanes_;
  std::map<std::string, Flow> before_;
  uint64_t evicted_series_ = 0;
  uint64_t evicted_packets_ = 0;
  uint64_t ended_ = 0;
};

TEST(PipelineLanesTest, StaysExactAndMonotoneWhateverHappens) {
  for (uint64_t seed = 0; seed < 8; ++seed) {
    std::mt19937 random(static_cast<uint32_t>(seed));
    const auto below = [&random](uint32_t limit) {
      return static_cast<uint32_t>(random()) % limit;
    };
    Lanes lanes(48 + below(150), 3, seed);
    Watch watch(&lanes);
    int64_t now_ns = 0;
    for (int step = 0; step < 1500; ++step) {
      for (uint32_t i = below(40); i > 0; --i) {
        now_ns += below(2) * kNsPerSecond;
        const uint32_t host = below(2) == 0 ? below(40) : below(4000);
        lanes.Add(below(3), host, now_ns, below(200));
      }
      int64_t idle_before_ns = 0;
      if (below(5) == 0) {
        idle_before_ns = now_ns - below(60) * kNsPerSecond;
        lanes.pipeline().EvictIdle(idle_before_ns);
      }
      ASSERT_NO_FATAL_FAILURE(lanes.ExpectExactSums());
      ASSERT_NO_FATAL_FAILURE(watch.Look(now_ns, idle_before_ns));
    }
    EXPECT_GT(watch.ended(), 100U);
  }
}

TEST(PipelineLanesTest, StaysExactWhileThreadsCount) {
  constexpr size_t kLanes = 3;
  Lanes lanes(200, kLanes);
  std::atomic<int64_t> clock_ns = 0;
  std::vector<std::thread> threads;
  std::atomic<size_t> running = kLanes;
  for (size_t lane = 0; lane < kLanes; ++lane) {
    threads.emplace_back([&, lane] {
      std::mt19937 random(static_cast<uint32_t>(lane));
      for (int batch = 0; batch < 200; ++batch) {
        const auto turn = lanes.pipeline().LockBatch(lane);
        const int64_t now_ns = clock_ns.fetch_add(kNsPerSecond);
        for (int i = 0; i < 64; ++i) {
          lanes.Add(lane, static_cast<uint32_t>(random()) % 300, now_ns);
        }
      }
      --running;
    });
  }
  Snapshot snapshot;
  while (running.load() > 0) {
    lanes.pipeline().EvictIdle(clock_ns.load() - 20 * kNsPerSecond);
    uint64_t packets = 0;
    {
      const std::scoped_lock lock(lanes.pipeline().lock());
      lanes.pipeline().CopyTo(&snapshot);
      for (const auto& input : lanes.inputs())
        packets += input.counts().packets;
    }
    lanes.pipeline().Merge(&snapshot);
    uint64_t counted = snapshot.evicted_packets;
    for (const Flow& flow : snapshot.flows) counted += flow.packets;
    EXPECT_EQ(counted, packets);
  }
  for (std::thread& thread : threads) thread.join();
  lanes.ExpectExactSums();
  EXPECT_GT(lanes.Take().evicted_series, 0U);
}

}  // namespace
}  // namespace ntm
