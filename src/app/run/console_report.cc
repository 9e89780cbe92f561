#include "console_report.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"

namespace ntm {
namespace {

constexpr size_t kRuleColumns = 80;

}  // namespace

std::string FormatByteCount(uint64_t bytes) {
  constexpr std::array kUnits = {"B", "KB", "MB", "GB", "TB", "PB"};
  constexpr double kStep = 1024;
  auto number = static_cast<double>(bytes);
  size_t unit = 0;
  for (; number >= kStep && unit + 1 < kUnits.size(); ++unit) number /= kStep;
  return fmt::format("{:.2f} {}", number, kUnits.at(unit));
}

std::string ConsoleReport(const InterfaceCycle& cycle, const std::tm& local) {
  std::string text =
      fmt::format("\n[{:%Y-%m-%d %H:%M:%S}] Network Statistics:\n", local) +
      std::string(kRuleColumns, '-') + "\n";
  for (const InterfaceSample& row : cycle.rows) {
    text += fmt::format(
        "{}:\n  Sent:     {}\n  Received: {}\n  Total:    {}\n",
        row.name == kTotalInterface ? "TOTAL (all interfaces)" : row.name,
        FormatByteCount(row.transmit_bytes), FormatByteCount(row.receive_bytes),
        FormatByteCount(row.transmit_bytes + row.receive_bytes));
  }
  return text;
}

void PrintText(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
      std::fflush(stdout) != 0) {
    throw Error(std::string("cannot write to standard output: ") +
                std::strerror(errno) + "; check that its reader still runs");
  }
}

void PrintReport(const InterfaceCycle& cycle) {
  PrintText(ConsoleReport(cycle, fmt::localtime(static_cast<std::time_t>(
                                     cycle.time_ns / kNsPerSecond))));
}

}  // namespace ntm
