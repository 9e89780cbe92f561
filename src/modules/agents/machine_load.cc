#include "machine_load.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <sstream>
#include <utility>

namespace ntm::agents {
namespace {

constexpr double kWhole = 100;

std::string Content(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file),
          std::istreambuf_iterator<char>()};
}

}  // namespace

CpuTime CpuTimeIn(const std::string& proc_stat) {
  // user nice system idle iowait irq softirq steal; user includes guest time.
  constexpr size_t kIdle = 3;
  constexpr size_t kWaiting = 4;
  std::istringstream text(proc_stat);
  std::string name;
  text >> name;
  std::array<uint64_t, 8> times{};
  for (uint64_t& time : times) text >> time;
  if (name != "cpu" || !text) return {};
  CpuTime sum;
  for (size_t i = 0; i < times.size(); ++i) {
    sum.all += times[i];
    if (i != kIdle && i != kWaiting) sum.busy += times[i];
  }
  return sum;
}

double CpuPercent(const CpuTime& before, const CpuTime& now) {
  // iowait may decrease, see proc(5).
  if (now.all <= before.all || now.busy < before.busy) return 0;
  const auto busy = static_cast<double>(now.busy - before.busy);
  return std::min(kWhole,
                  kWhole * busy / static_cast<double>(now.all - before.all));
}

double MemoryPercentIn(const std::string& proc_meminfo) {
  std::istringstream text(proc_meminfo);
  double total = 0;
  double available = 0;
  std::string line;
  while (std::getline(text, line)) {
    std::istringstream words(line);
    std::string name;
    double kibibytes = 0;
    words >> name >> kibibytes;
    if (name == "MemTotal:") total = kibibytes;
    if (name == "MemAvailable:") available = kibibytes;
  }
  if (total <= 0) return 0;
  return std::clamp(kWhole * (total - available) / total, 0.0, kWhole);
}

MachineLoad::Load MachineLoad::Read() {
  const CpuTime now = CpuTimeIn(Content("/proc/stat"));
  const CpuTime before = std::exchange(before_, now);
  return {CpuPercent(before, now), MemoryPercentIn(Content("/proc/meminfo"))};
}

}  // namespace ntm::agents
