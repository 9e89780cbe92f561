// Chosen labels, from the frame to the table.

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <pcap/dlt.h>

#include <map>
#include <random>
#include <set>
#include <tuple>

#include "ntm/capture/pipeline.h"
#include "packet_builder.h"

namespace ntm {
namespace {

using test::Eth;
using test::PacketBuilder;

FlowLabelOptions Choose(FlowLabels labels) {
  FlowLabelOptions options;
  options.labels = labels;
  return options;
}

// A pipeline with two interfaces, and the sums of its input.
class Counted {
 public:
  explicit Counted(const FlowLabelOptions& options, size_t max_series = 100)
      : pipeline_(max_series, 1, std::make_shared<const Services>(), options) {}

  void Add(const PacketBuilder& packet, size_t interface = 0,
           int64_t time_ns = 1) {
    test::CapturedFrame frame = packet.Build();
    frame.time_ns = time_ns;
    inputs_[interface].OnFrame(frame.View());
  }

  Snapshot Take() {
    Snapshot snapshot;
    pipeline_.CopyTo(&snapshot);
    uint64_t bytes = snapshot.evicted_bytes;
    uint64_t packets = snapshot.evicted_packets;
    for (const Flow& flow : snapshot.flows) {
      bytes += flow.bytes;
      packets += flow.packets;
    }
    EXPECT_EQ(bytes, inputs_[0].counts().bytes + inputs_[1].counts().bytes);
    EXPECT_EQ(packets,
              inputs_[0].counts().packets + inputs_[1].counts().packets);
    EXPECT_LE(snapshot.flows.size(), snapshot.series_limit);
    return snapshot;
  }

  Pipeline& pipeline() { return pipeline_; }

 private:
  Pipeline pipeline_;
  std::array<Pipeline::Input, 2> inputs_{Pipeline::Input(&pipeline_, 1),
                                         Pipeline::Input(&pipeline_, 2)};
};

TEST(FlowLabelsTest, AggregatesLabelsThatAreNotChosen) {
  Counted counted(Choose(FlowLabels::Make(FlowLabel::kSrc)));
  counted.Add(Eth().Ipv4("10.0.0.1", "10.0.0.2").Tcp(1, 2));
  counted.Add(Eth().Ipv4("10.0.0.1", "10.0.0.3").Udp(1, 53));
  counted.Add(Eth().Ipv4("10.0.0.2", "10.0.0.3").Udp(1, 53));
  const Snapshot snapshot = counted.Take();
  ASSERT_EQ(snapshot.flows.size(), 2U);
  EXPECT_EQ(snapshot.flows[0].packets, 2U);
  EXPECT_EQ(ToString(snapshot.flows[0].key.Src()), "10.0.0.1");
  EXPECT_EQ(snapshot.flows[0].key.Dst(), Address());
  EXPECT_EQ(snapshot.flows[0].key.protocol(), 0);
  EXPECT_TRUE(snapshot.extras.empty());
}

TEST(FlowLabelsTest, DistinguishesPortsInterfacesAndDirections) {
  Counted counted(Choose(FlowLabels::Make(
      FlowLabel::kSrcPort, FlowLabel::kInterface, FlowLabel::kDirection)));
  counted.Add(Eth().Ipv4("10.0.0.1", "8.8.8.8").Tcp(1, 2));
  counted.Add(Eth().Ipv4("10.0.0.1", "8.8.8.8").Tcp(3, 2));
  counted.Add(Eth().Ipv4("10.0.0.1", "8.8.8.8").Tcp(3, 9), 1);
  counted.Add(Eth().Ipv4("8.8.8.8", "10.0.0.1").Tcp(3, 9), 1);
  counted.Add(Eth().Ipv4("8.8.8.8", "10.0.0.1").Icmp(), 1);
  const Snapshot snapshot = counted.Take();
  std::set<std::tuple<int, unsigned, unsigned, Direction>> found;
  for (const FlowExtras& extras : snapshot.extras) {
    found.emplace(extras.has, extras.src_port, extras.interface,
                  extras.direction);
  }
  const int ports = FlowExtras::kPorts;
  EXPECT_EQ(found, (std::set<std::tuple<int, unsigned, unsigned, Direction>>{
                       {ports, 1U, 1U, Direction::kOut},
                       {ports, 3U, 1U, Direction::kOut},
                       {ports, 3U, 2U, Direction::kOut},
                       {ports, 3U, 2U, Direction::kIn},
                       {0, 0U, 2U, Direction::kIn}}));
}

TEST(FlowLabelsTest, AggregatesAddressesToNetworks) {
  FlowLabelOptions options;
  options.src_prefix = {24, 64};
  options.dst_prefix = {8, 128};
  Counted counted(options);
  counted.Add(Eth().Ipv4("10.0.0.1", "10.1.0.2").Tcp(1, 2));
  counted.Add(Eth().Ipv4("10.0.0.9", "10.2.0.2").Tcp(1, 2));
  counted.Add(Eth().Ipv6("2001:db8::1", "2001:db8::2").Tcp(1, 2));
  const Snapshot snapshot = counted.Take();
  ASSERT_EQ(snapshot.flows.size(), 2U);
  EXPECT_EQ(ToString(snapshot.flows[0].key.Src()), "10.0.0.0");
  EXPECT_EQ(ToString(snapshot.flows[0].key.Dst()), "10.0.0.0");
  EXPECT_EQ(ToString(snapshot.flows[1].key.Src()), "2001:db8::");
  EXPECT_EQ(ToString(snapshot.flows[1].key.Dst()), "2001:db8::2");
}

TEST(FlowLabelsTest, CollapsesAddressesThatAreNotLocal) {
  FlowLabelOptions options;
  options.collapse_remote = true;
  Counted counted(options);
  counted.Add(Eth().Ipv4("10.0.0.1", "8.8.8.8").Udp(1, 2));
  counted.Add(Eth().Ipv4("10.0.0.1", "9.9.9.9").Udp(1, 2));
  counted.Add(Eth().Ipv4("10.0.0.1", "224.0.0.251").Udp(1, 2));
  ASSERT_EQ(counted.Take().flows.size(), 2U);
  EXPECT_EQ(ToString(counted.Take().flows[0].key.Dst()), "internet");
  counted.pipeline().SetLocalNetworks(std::make_shared<const LocalNetworks>(
      std::vector{ParseNetwork("9.0.0.0/8").value()}));
  counted.Add(Eth().Ipv4("10.0.0.1", "9.9.9.9").Udp(1, 2));
  const Snapshot snapshot = counted.Take();
  ASSERT_EQ(snapshot.flows.size(), 3U);
  EXPECT_EQ(ToString(snapshot.flows[2].key.Src()), "internet");
  EXPECT_EQ(ToString(snapshot.flows[2].key.Dst()), "9.9.9.9");
}

// A table so small that most flows go into other, with every single label and
// with random sets: sums stay exact and no two flows have the same labels.
TEST(FlowLabelsTest, KeepsSumsAndDistinctFlowsPastTheLimit) {
  std::mt19937 random(3);
  for (unsigned round = 0; round < 60; ++round) {
    FlowLabels labels;
    for (unsigned i = 0; i < kFlowLabelCount; ++i) {
      const bool chosen =
          round < kFlowLabelCount ? i == round : random() % 3 == 0;
      if (chosen) labels.Add(static_cast<FlowLabel>(i));
    }
    if (labels.empty()) continue;
    Counted counted(Choose(labels), 16);
    for (int i = 0; i < 2000; ++i) {
      const std::string src = "10.0.0." + std::to_string(random() % 200);
      const auto port = static_cast<uint16_t>(random() % 3000);
      const auto vlan = static_cast<uint16_t>(random() % 4096);
      PacketBuilder packet = Eth();
      if (i % 2 == 0) packet.Vlan(vlan);
      counted.Add(packet.Ipv4(src, "8.8.8.8").Tcp(port, 53), random() % 2, i);
      if (i % 100 != 0) continue;
      const Snapshot snapshot = counted.Take();
      std::set<std::vector<uint8_t>> keys;
      for (size_t at = 0; at < snapshot.flows.size(); ++at) {
        FullKey full{snapshot.flows[at].key, {}};
        if (!snapshot.extras.empty()) full.extras = snapshot.extras[at];
        const auto bytes =
            std::bit_cast<std::array<uint8_t, sizeof full>>(full);
        EXPECT_TRUE(keys.emplace(bytes.begin(), bytes.end()).second);
      }
    }
  }
}

class NamesInLabelsTest : public ::testing::Test {
 protected:
  static std::shared_ptr<const HostNames> Names(
      const std::map<std::string, std::string>& names) {
    HostNames::Map map;
    for (const auto& [address, name] : names) {
      map[ParseAddress(address).value()] = {name, NameSource::kPtr};
    }
    return std::make_shared<const HostNames>(std::move(map));
  }

  // {src: packets}
  std::map<std::string, uint64_t> Sources() {
    std::map<std::string, uint64_t> sources;
    const Snapshot snapshot = counted_.Take();
    for (const Flow& flow : snapshot.flows) {
      const Address src = flow.key.Src();
      const std::string text = src.kind == AddressKind::kName
                                   ? std::string(snapshot.names->Text(src))
                                   : ToString(src);
      EXPECT_TRUE(sources.emplace(text, flow.packets).second) << text;
    }
    return sources;
  }

  void Add(const std::string& src, int64_t time_ns = 1) {
    counted_.Add(Eth().Ipv4(src, "10.0.0.1").Udp(1, 2), 0, time_ns);
  }

  using Found = std::map<std::string, uint64_t>;
  Counted counted_{FlowLabelOptions()};
};

TEST_F(NamesInLabelsTest, ClosesTheSeriesOfAnAddressThatGetsAName) {
  Add("8.8.8.8");
  Add("8.8.8.8");
  Add("9.9.9.9");
  counted_.pipeline().SetNames(Names({{"8.8.8.8", "dns.google"}}));
  EXPECT_EQ(Sources(), (Found{{"9.9.9.9", 1}}));
  EXPECT_EQ(counted_.Take().evicted_packets, 2U);
  Add("8.8.8.8");
  EXPECT_EQ(Sources(), (Found{{"9.9.9.9", 1}, {"dns.google", 1}}));
}

TEST_F(NamesInLabelsTest, AggregatesAddressesOfOneName) {
  counted_.pipeline().SetNames(
      Names({{"8.8.8.8", "google"}, {"8.8.4.4", "google"}}));
  Add("8.8.8.8");
  Add("8.8.4.4");
  EXPECT_EQ(Sources(), (Found{{"google", 2}}));
}

TEST_F(NamesInLabelsTest, KeepsTheTextOfAForgottenName) {
  counted_.pipeline().SetNames(Names({{"8.8.8.8", "dns.google"}}));
  Add("8.8.8.8");
  for (int i = 0; i < 3; ++i) counted_.pipeline().SetNames(Names({}));
  Add("8.8.8.8");
  EXPECT_EQ(Sources(), (Found{{"8.8.8.8", 1}, {"dns.google", 1}}));
}

TEST_F(NamesInLabelsTest, RemembersWhichAddressesNamesReplaced) {
  constexpr int64_t kSecond = 1'000'000'000;
  counted_.pipeline().SetNames(
      Names({{"8.8.8.8", "a"}, {"8.8.4.4", "b"}, {"1.1.1.1", "c"}}));
  Add("8.8.8.8", 5 * kSecond);
  Add("8.8.4.4", 9 * kSecond);
  const auto seen = [this](int64_t since) {
    return counted_.Take().names->SeenSince(since);
  };
  using ::testing::UnorderedElementsAre;
  const Address first = ParseAddress("8.8.8.8").value();
  const Address second = ParseAddress("8.8.4.4").value();
  EXPECT_THAT(seen(0), UnorderedElementsAre(first, second));
  counted_.pipeline().SetNames(Names({{"8.8.8.8", "a"}, {"8.8.4.4", "b2"}}));
  EXPECT_THAT(seen(6 * kSecond), UnorderedElementsAre(second));
}

TEST_F(NamesInLabelsTest, DoesNotNameNetworksAndTheInternet) {
  FlowLabelOptions options;
  options.src_prefix.ipv4 = 24;
  options.collapse_remote = true;
  Counted counted(options);
  counted.Add(Eth().Ipv4("10.0.0.0", "8.8.8.8").Udp(1, 2));
  counted.pipeline().SetNames(
      Names({{"10.0.0.0", "network"}, {"8.8.8.8", "dns.google"}}));
  const Snapshot snapshot = counted.Take();
  ASSERT_EQ(snapshot.flows.size(), 1U);
  EXPECT_EQ(ToString(snapshot.flows[0].key.Dst()), "internet");
  EXPECT_EQ(snapshot.evicted_series, 0U);
}

}  // namespace
}  // namespace ntm
