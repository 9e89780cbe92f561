#include <fmt/format.h>
#include <sys/timex.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string_view>

#include "doctor_checks.h"

namespace ntm {
namespace {

constexpr int64_t kYear2024 = 1704067200;

std::string Mebibytes(uint64_t bytes) {
  return fmt::format("{} MiB", (bytes + (1 << 20) - 1) >> 20);
}

// The value in a line "key: value", as in files of /proc; "" if there is none.
std::string ValueOf(std::istream& lines, std::string_view key) {
  for (std::string line; std::getline(lines, line);) {
    if (line.size() <= key.size() || !line.starts_with(key) ||
        line[key.size()] != ':') {
      continue;
    }
    const size_t begin = line.find_first_not_of(" \t", key.size() + 1);
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

std::optional<uint64_t> ReadNumber(const std::filesystem::path& path) {
  uint64_t number = 0;
  if (std::ifstream(path) >> number) return number;
  return std::nullopt;  // also for "max"
}

// The memory that this process's control group may still use.
std::optional<uint64_t> AvailableInControlGroup() {
  std::ifstream file("/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("0::/")) continue;
    const std::filesystem::path folder = "/sys/fs/cgroup" + line.substr(3);
    const auto limit = ReadNumber(folder / "memory.max");
    const auto used = ReadNumber(folder / "memory.current");
    if (limit && used) return *limit - std::min(*limit, *used);
  }
  return std::nullopt;
}

std::optional<uint64_t> AvailableMemory() {
  std::ifstream file("/proc/meminfo");
  const std::string text = ValueOf(file, "MemAvailable");
  uint64_t kibibytes = 0;
  const auto parsed =
      std::from_chars(text.data(), text.data() + text.size(), kibibytes);
  const auto group = AvailableInControlGroup();
  if (parsed.ec != std::errc()) return group;
  return std::min(kibibytes << 10, group.value_or(UINT64_MAX));
}

}  // namespace

Finding JudgeRights(const ProcessRights& rights) {
  constexpr char kName[] = "rights";
  if (rights.packet_socket) return Ok(kName, "ntm may capture (CAP_NET_RAW)");
  const MissingRight missing = ExplainMissingRight(rights);
  return Fail(kName, missing.why, missing.remedy);
}

Finding JudgeMemory(uint64_t needed_bytes,
                    std::optional<uint64_t> available_bytes) {
  constexpr char kName[] = "memory";
  const std::string needed =
      Mebibytes(needed_bytes) + " needed for the rings and the series";
  constexpr char kRemedy[] = "use a smaller --buffer-size or --max-series";
  if (!available_bytes) return Ok(kName, needed);
  const std::string detail =
      needed + ", " + Mebibytes(*available_bytes) + " available";
  if (needed_bytes > *available_bytes) return Fail(kName, detail, kRemedy);
  if (needed_bytes > *available_bytes / 2) return Warn(kName, detail, kRemedy);
  return Ok(kName, detail);
}

Finding CheckMemory(const Options& options, size_t interface_count) {
  // A flow, its entry in the index, and its copy in a snapshot.
  constexpr uint64_t kBytesPerSeries = 256;
  return JudgeMemory(
      options.buffer_bytes * interface_count * options.capture_threads +
          options.max_series * kBytesPerSeries,
      AvailableMemory());
}

Finding JudgeClock(int64_t seconds_since_epoch, bool is_synchronised) {
  constexpr char kName[] = "clock";
  if (seconds_since_epoch < kYear2024) {
    return Fail(kName, "the clock is set to a time before 2024",
                "set it: sudo timedatectl set-ntp true");
  }
  if (!is_synchronised) {
    return Warn(
        kName, "the clock is not synchronised (NTP)",
        "sudo timedatectl set-ntp true, unless another program does it");
  }
  return Ok(kName, "the clock is synchronised");
}

Finding CheckClock() {
  timex state{};
  const bool is_known = adjtimex(&state) >= 0;
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return JudgeClock(
      std::chrono::duration_cast<std::chrono::seconds>(now).count(),
      is_known && (state.status & STA_UNSYNC) == 0);
}

}  // namespace ntm
