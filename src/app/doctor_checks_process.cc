#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/timex.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>
#include <system_error>

#include "doctor_checks.h"

namespace ntm {
namespace {

constexpr unsigned kCapNetRaw = 13;  // linux/capability.h
constexpr int64_t kYear2024 = 1704067200;

std::string Mebibytes(uint64_t bytes) {
  return fmt::format("{} MiB", (bytes + (1 << 20) - 1) >> 20);
}

// What follows "key:" in lines like those of /proc; "" if there is none.
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
  return std::nullopt;  // also where it says "max"
}

// What this process' control group may still take.
std::optional<uint64_t> LeftOfControlGroup() {
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
  const auto group = LeftOfControlGroup();
  if (parsed.ec != std::errc()) return group;
  return std::min(kibibytes << 10, group.value_or(UINT64_MAX));
}

}  // namespace

ProcessRights ParseRights(std::istream& status) {
  const std::string text(std::istreambuf_iterator<char>(status), {});
  std::istringstream for_capabilities(text);
  std::istringstream for_privileges(text);
  const std::string mask = ValueOf(for_capabilities, "CapEff");
  uint64_t effective = 0;
  std::from_chars(mask.data(), mask.data() + mask.size(), effective, 16);
  ProcessRights rights;
  rights.has_net_raw = (effective >> kCapNetRaw & 1) != 0;
  rights.no_new_privs = ValueOf(for_privileges, "NoNewPrivs") == "1";
  return rights;
}

ProcessRights ReadRights() {
  std::ifstream status("/proc/self/status");
  ProcessRights rights = ParseRights(status);
  const int packet_socket = socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0);
  rights.packet_socket = packet_socket >= 0;
  if (rights.packet_socket) close(packet_socket);
  std::error_code error;
  const auto path = std::filesystem::read_symlink("/proc/self/exe", error);
  rights.executable = error ? "ntm" : path.string();
  rights.file_has_rights = getxattr(rights.executable.c_str(),
                                    "security.capability", nullptr, 0) > 0;
  return rights;
}

Finding JudgeRights(const ProcessRights& rights) {
  constexpr char kName[] = "rights";
  if (rights.packet_socket) return Ok(kName, "ntm may capture (CAP_NET_RAW)");
  if (rights.has_net_raw) {
    return Fail(kName,
                "CAP_NET_RAW is there, but the kernel refuses a packet socket",
                "allow AF_PACKET to this process (systemd: "
                "RestrictAddressFamilies; seccomp profile), or run it in the "
                "host's user namespace");
  }
  if (rights.no_new_privs && rights.file_has_rights) {
    return Fail(kName,
                "CAP_NET_RAW is missing: no_new_privs is set, so the "
                "capabilities of " +
                    rights.executable + " do not count",
                "Kubernetes: allowPrivilegeEscalation: true, or user 0 with "
                "capabilities: add: [NET_RAW]; systemd: "
                "AmbientCapabilities=CAP_NET_RAW");
  }
  return Fail(
      kName, "CAP_NET_RAW is missing: ntm may not capture",
      "run as root, or give the right once: sudo setcap cap_net_raw+ep " +
          rights.executable);
}

Finding JudgeMemory(uint64_t needed_bytes,
                    std::optional<uint64_t> available_bytes) {
  constexpr char kName[] = "memory";
  const std::string needed =
      Mebibytes(needed_bytes) + " for the rings and the series";
  constexpr char kRemedy[] = "a smaller --buffer-size or --max-series";
  if (!available_bytes) return Ok(kName, needed);
  const std::string detail =
      needed + ", " + Mebibytes(*available_bytes) + " are available";
  if (needed_bytes > *available_bytes) return Fail(kName, detail, kRemedy);
  if (needed_bytes > *available_bytes / 2) return Warn(kName, detail, kRemedy);
  return Ok(kName, detail);
}

Finding CheckMemory(const Options& options, size_t interface_count) {
  // A flow, its place in the index and in a snapshot.
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
    return Warn(kName, "the clock is set, but nothing keeps it right (NTP)",
                "sudo timedatectl set-ntp true, unless something else does");
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
