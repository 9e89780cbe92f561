#include "app/run/console_report.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

TEST(ConsoleReportTest, BytesHaveTwoDecimalsAndUnitsOf1024) {
  EXPECT_EQ(FormatByteCount(0), "0.00 B");
  EXPECT_EQ(FormatByteCount(500), "500.00 B");
  EXPECT_EQ(FormatByteCount(1023), "1023.00 B");
  EXPECT_EQ(FormatByteCount(1024), "1.00 KB");
  EXPECT_EQ(FormatByteCount(2048), "2.00 KB");
  EXPECT_EQ(FormatByteCount(406426), "396.90 KB");
  EXPECT_EQ(FormatByteCount((1U << 20) - 1), "1024.00 KB");
  EXPECT_EQ(FormatByteCount(uint64_t{1} << 20), "1.00 MB");
  EXPECT_EQ(FormatByteCount(uint64_t{1} << 30), "1.00 GB");
  EXPECT_EQ(FormatByteCount(uint64_t{1} << 40), "1.00 TB");
  EXPECT_EQ(FormatByteCount(uint64_t{1} << 50), "1.00 PB");
  EXPECT_EQ(FormatByteCount(uint64_t{1} << 62), "4096.00 PB");
}

TEST(ConsoleReportTest, LayoutIsThatOfTheNetworkMonitor) {
  InterfaceCycle cycle;
  InterfaceSample total;
  total.name = kTotalInterface;
  total.transmit_bytes = 406426;
  total.receive_bytes = 2048;
  cycle.rows.push_back(total);
  InterfaceSample eth0 = total;
  eth0.name = "eth0";
  cycle.rows.push_back(eth0);
  std::tm local{};
  local.tm_year = 126;
  local.tm_mon = 0;
  local.tm_mday = 31;
  local.tm_hour = 9;
  local.tm_min = 5;
  local.tm_sec = 7;
  EXPECT_EQ(ConsoleReport(cycle, local),
            "\n"
            "[2026-01-31 09:05:07] Network Statistics:\n"
            "------------------------------------------------------------------"
            "--------------\n"
            "TOTAL (all interfaces):\n"
            "  Sent:     396.90 KB\n"
            "  Received: 2.00 KB\n"
            "  Total:    398.90 KB\n"
            "eth0:\n"
            "  Sent:     396.90 KB\n"
            "  Received: 2.00 KB\n"
            "  Total:    398.90 KB\n");
}

}  // namespace
}  // namespace ntm
