#include "modules/interfaces/interface_cycles.h"

#include <gtest/gtest.h>

namespace ntm::interfaces {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

InterfaceSample Sample(const std::string& name, uint64_t bytes) {
  InterfaceSample sample;
  sample.name = name;
  sample.receive_bytes = bytes;
  sample.transmit_bytes = 10 * bytes;
  sample.receive_bytes_per_second = 77;  // the tick's own
  sample.transmit_bytes_per_second = 77;
  return sample;
}

InterfaceReport Report(std::vector<InterfaceSample> interfaces) {
  InterfaceReport report;
  report.total = Sample(kTotalInterface, 0);
  for (const InterfaceSample& sample : interfaces) {
    report.total.receive_bytes += sample.receive_bytes;
    report.total.transmit_bytes += sample.transmit_bytes;
  }
  report.interfaces = std::move(interfaces);
  return report;
}

TEST(InterfaceCyclesTest, FirstReportIsACycleWithoutRates) {
  InterfaceCycles cycles(seconds(60), {});
  const auto cycle = cycles.Take(Report({Sample("eth0", 5)}), seconds(1));
  ASSERT_NE(cycle, nullptr);
  ASSERT_EQ(cycle->rows.size(), 2U);
  EXPECT_EQ(cycle->rows[0].name, "_total");
  EXPECT_EQ(cycle->rows[1].name, "eth0");
  EXPECT_EQ(cycle->rows[1].receive_bytes, 5U);
  EXPECT_FALSE(cycle->rows[0].receive_bytes_per_second);
  EXPECT_FALSE(cycle->rows[1].transmit_bytes_per_second);
  EXPECT_TRUE(cycle->store_raw_counts);
}

TEST(InterfaceCyclesTest, RatesAreOverTheWholeCycle) {
  InterfaceCycles cycles(seconds(3), {});
  cycles.Take(Report({Sample("a", 0), Sample("b", 0)}), seconds(1));
  EXPECT_EQ(cycles.Take(Report({Sample("a", 900), Sample("b", 0)}), seconds(1)),
            nullptr);
  EXPECT_EQ(cycles.Take(Report({Sample("a", 900), Sample("b", 0)}), seconds(1)),
            nullptr);
  const auto cycle =
      cycles.Take(Report({Sample("a", 900), Sample("b", 30)}), seconds(1));
  ASSERT_NE(cycle, nullptr);
  EXPECT_DOUBLE_EQ(*cycle->rows[1].receive_bytes_per_second, 300);
  EXPECT_DOUBLE_EQ(*cycle->rows[1].transmit_bytes_per_second, 3000);
  EXPECT_DOUBLE_EQ(*cycle->rows[2].receive_bytes_per_second, 10);
  EXPECT_DOUBLE_EQ(*cycle->rows[0].receive_bytes_per_second, 310);
}

TEST(InterfaceCyclesTest, EarlyAndLateTicksKeepTheCycle) {
  InterfaceCycles cycles(seconds(2), {});
  int ended = 0;
  for (int i = 0; i < 20; ++i) {
    const auto elapsed = milliseconds(i % 2 == 0 ? 990 : 1008);
    if (cycles.Take(Report({}), elapsed) != nullptr) ++ended;
  }
  EXPECT_EQ(ended, 10);
}

TEST(InterfaceCyclesTest, IntervalOfASecondIsEveryTick) {
  InterfaceCycles cycles(seconds(1), {});
  for (int i = 0; i < 5; ++i) {
    EXPECT_NE(cycles.Take(Report({}), milliseconds(999)), nullptr);
  }
}

TEST(InterfaceCyclesTest, NewInterfaceHasNoRateYet) {
  InterfaceCycles cycles(seconds(1), {});
  cycles.Take(Report({Sample("a", 0)}), seconds(1));
  const auto cycle =
      cycles.Take(Report({Sample("a", 8), Sample("b", 1'000'000)}), seconds(1));
  EXPECT_DOUBLE_EQ(*cycle->rows[0].receive_bytes_per_second, 8);
  EXPECT_FALSE(cycle->rows[2].receive_bytes_per_second);
}

TEST(InterfaceCyclesTest, OptionsChooseRowsAndRates) {
  RowOptions options;
  options.track_total = false;
  options.calculate_rates = false;
  options.store_raw_counts = false;
  InterfaceCycles cycles(seconds(1), options);
  cycles.Take(Report({Sample("a", 0)}), seconds(1));
  const auto cycle = cycles.Take(Report({Sample("a", 8)}), seconds(1));
  ASSERT_EQ(cycle->rows.size(), 1U);
  EXPECT_EQ(cycle->rows[0].name, "a");
  EXPECT_FALSE(cycle->rows[0].receive_bytes_per_second);
  EXPECT_FALSE(cycle->store_raw_counts);

  options.track_total = true;
  options.track_per_interface = false;
  InterfaceCycles sums(seconds(1), options);
  const auto sum = sums.Take(Report({Sample("a", 8)}), seconds(1));
  ASSERT_EQ(sum->rows.size(), 1U);
  EXPECT_EQ(sum->rows[0].name, "_total");
  EXPECT_EQ(sum->rows[0].receive_bytes, 8U);
}

}  // namespace
}  // namespace ntm::interfaces
