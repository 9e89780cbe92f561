#include "modules/qos/queue_details.h"

#include <gtest/gtest.h>
#include <linux/gen_stats.h>
#include <linux/netlink.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <string>

#include "modules/qos/queue_families.h"

namespace ntm::qos {
namespace {

std::string Attribute(int type, const std::string& value) {
  nlattr header{};
  header.nla_type = static_cast<uint16_t>(type);
  header.nla_len = static_cast<uint16_t>(sizeof header + value.size());
  std::string bytes(reinterpret_cast<const char*>(&header), sizeof header);
  bytes += value;
  bytes.resize((bytes.size() + 3) / 4 * 4);
  return bytes;
}

template <typename Number>
std::string Bytes(const Number& number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

std::string Stats(const std::string& own) {
  return Attribute(TCA_STATS2, Attribute(TCA_STATS_BASIC, Bytes(uint64_t{7})) +
                                   Attribute(TCA_STATS_APP, own));
}

QueueDetails Parsed(const char* kind, const std::string& attributes) {
  // With terminating zero and alignment as in messages of the kernel.
  const std::string bytes =
      Attribute(TCA_KIND, std::string(kind) + '\0') + attributes;
  std::vector<uint64_t> aligned(bytes.size() / 8 + 1);
  std::memcpy(aligned.data(), bytes.data(), bytes.size());
  return DetailsOf(reinterpret_cast<const nlattr*>(aligned.data()),
                   static_cast<int>(bytes.size()));
}

tc_fq_codel_xstats FqCodel() {
  tc_fq_codel_xstats stats{};
  stats.type = TCA_FQ_CODEL_XSTATS_QDISC;
  stats.qdisc_stats.ecn_mark = 3;
  stats.qdisc_stats.drop_overlimit = 4;
  stats.qdisc_stats.new_flow_count = 5;
  stats.qdisc_stats.new_flows_len = 6;
  stats.qdisc_stats.old_flows_len = 7;
  stats.qdisc_stats.memory_usage = 8;
  return stats;
}

std::string Tin(uint64_t bytes, uint32_t delay_us) {
  return Attribute(TCA_CAKE_TIN_STATS_SENT_BYTES64, Bytes(bytes)) +
         Attribute(TCA_CAKE_TIN_STATS_SENT_PACKETS, Bytes(uint32_t{12})) +
         Attribute(TCA_CAKE_TIN_STATS_DROPPED_PACKETS, Bytes(uint32_t{13})) +
         Attribute(TCA_CAKE_TIN_STATS_AVG_DELAY_US, Bytes(delay_us));
}

std::string Cake() {
  return Attribute(TCA_CAKE_STATS_CAPACITY_ESTIMATE64,
                   Bytes(uint64_t{9'000'000'000})) +
         Attribute(TCA_CAKE_STATS_MEMORY_USED, Bytes(uint32_t{77})) +
         Attribute(TCA_CAKE_STATS_TIN_STATS,
                   Attribute(1, Tin(uint64_t{1} << 40, 5)) +
                       Attribute(2, Tin(2, 1500)));
}

TEST(QueueDetailsTest, ReadsFqCodel) {
  const auto details = Parsed("fq_codel", Stats(Bytes(FqCodel()))).fq_codel;
  ASSERT_TRUE(details);
  EXPECT_EQ(details->ecn_marks, 3U);
  EXPECT_EQ(details->overlimit_drops, 4U);
  EXPECT_EQ(details->new_flows, 5U);
  EXPECT_EQ(details->flows_in_new_list, 6U);
  EXPECT_EQ(details->flows_in_old_list, 7U);
  EXPECT_EQ(details->memory_bytes, 8U);
}

TEST(QueueDetailsTest, ReadsFqCodelOfOlderKernels) {
  // Without the memory, and in the old attribute.
  const std::string all = Bytes(FqCodel());
  const auto details =
      Parsed("fq_codel",
             Attribute(TCA_XSTATS,
                       all.substr(0, offsetof(tc_fq_codel_xstats,
                                              qdisc_stats.memory_usage))))
          .fq_codel;
  ASSERT_TRUE(details);
  EXPECT_EQ(details->flows_in_old_list, 7U);
  EXPECT_EQ(details->memory_bytes, 0U);
}

TEST(QueueDetailsTest, ReadsTheTinsOfCake) {
  const auto details = Parsed("cake", Stats(Cake())).cake;
  ASSERT_TRUE(details);
  EXPECT_EQ(details->capacity_bytes_per_second, 9'000'000'000U);
  EXPECT_EQ(details->memory_bytes, 77U);
  ASSERT_EQ(details->tins.size(), 2U);
  EXPECT_EQ(details->tins[0].bytes, uint64_t{1} << 40);
  EXPECT_EQ(details->tins[1].packets, 12U);
  EXPECT_EQ(details->tins[1].drops, 13U);
  EXPECT_EQ(details->tins[1].average_delay_us, 1500U);
  EXPECT_EQ(details->tins[1].ecn_marks, 0U);
}

TEST(QueueDetailsTest, ReturnsNothingForOtherAndDamagedMessages) {
  EXPECT_FALSE(Parsed("pfifo", Stats(Bytes(FqCodel()))).fq_codel);
  EXPECT_FALSE(Parsed("fq_codel", "").fq_codel);
  EXPECT_FALSE(Parsed("fq_codel", Stats("x")).fq_codel);
  EXPECT_FALSE(Parsed("cake", "").cake);
  auto of_a_class = FqCodel();
  of_a_class.type = TCA_FQ_CODEL_XSTATS_CLASS;
  EXPECT_FALSE(Parsed("fq_codel", Stats(Bytes(of_a_class))).fq_codel);
  std::string cut = Cake();
  for (size_t size = 0; size < cut.size(); ++size) {
    const auto details = Parsed("cake", Stats(cut.substr(0, size))).cake;
    ASSERT_TRUE(details);
    EXPECT_LE(details->tins.size(), 2U);
  }
}

TEST(QueueDetailsFamiliesTest, HaveASampleForEachTin) {
  Queue queue;
  queue.interface = "eth0";
  queue.kind = "cake";
  queue.handle = 0x80010000;
  queue.parent = 0xffffffff;
  queue.details = Parsed("cake", Stats(Cake()));
  const auto families = QueueFamilies({queue}, [](const Queue&) { return ""; });
  const auto family =
      std::ranges::find(families, "ntm_qdisc_cake_tin_average_delay_seconds",
                        &prometheus::MetricFamily::name);
  ASSERT_NE(family, families.end());
  ASSERT_EQ(family->metric.size(), 2U);
  EXPECT_DOUBLE_EQ(family->metric[1].gauge.value, 0.0015);
  EXPECT_EQ(family->metric[1].label.back().value, "1");
  for (const auto& other : families) {
    EXPECT_FALSE(other.name.starts_with("ntm_qdisc_fq_codel_"));
  }
}

}  // namespace
}  // namespace ntm::qos
