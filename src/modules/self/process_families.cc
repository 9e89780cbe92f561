#include "process_families.h"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <sstream>
#include <string>
#include <system_error>

#include "ntm/base/error.h"
#include "ntm/exposition/family.h"

namespace ntm::self {
namespace {

std::string Read(const char* path) {
  std::ifstream file(path);
  if (!file) {
    throw Error(std::string("cannot read ") + path +
                ": make /proc available to ntm");
  }
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Stat {
  double user_ticks = 0;
  double system_ticks = 0;
  double threads = 0;
  double start_ticks = 0;  // since boot
  double virtual_bytes = 0;
  double resident_pages = 0;
};

Stat ReadStat() {
  const std::string text = Read("/proc/self/stat");
  // The name in parentheses may hold anything; fields are counted after it,
  // beginning with field 3.
  std::istringstream fields(text.substr(text.rfind(')') + 1));
  const std::vector<std::string> values{
      std::istream_iterator<std::string>(fields), {}};
  const auto field = [&values](size_t number) {
    return values.size() + 3 > number ? std::stod(values[number - 3]) : 0;
  };
  return {field(14), field(15), field(20), field(22), field(23), field(24)};
}

double BootTimeSeconds() {
  std::istringstream lines(Read("/proc/stat"));
  std::string key;
  double value = 0;
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    if (words >> key >> value && key == "btime") return value;
  }
  return 0;
}

double OpenDescriptors() {
  // One of them is the directory that is being read.
  double count = -1;
  std::error_code error;
  std::filesystem::directory_iterator all("/proc/self/fd", error);
  for (; !error && all != std::filesystem::directory_iterator();
       all.increment(error)) {
    ++count;
  }
  return std::max(count, 0.0);
}

double Limit(int resource) {
  rlimit limit{};
  getrlimit(static_cast<__rlimit_resource>(resource), &limit);
  return limit.rlim_cur == RLIM_INFINITY
             ? std::numeric_limits<double>::infinity()
             : static_cast<double>(limit.rlim_cur);
}

}  // namespace

std::vector<prometheus::MetricFamily> ProcessFamilies() {
  const Stat stat = ReadStat();
  const auto hertz = static_cast<double>(sysconf(_SC_CLK_TCK));
  std::vector<prometheus::MetricFamily> families;
  const auto add = [&families](prometheus::MetricFamily family, double value) {
    AddSample(&family, {}, value);
    families.push_back(std::move(family));
  };
  add(CounterFamily("process_cpu_seconds_total",
                    "User and system CPU time spent."),
      (stat.user_ticks + stat.system_ticks) / hertz);
  add(GaugeFamily("process_resident_memory_bytes", "Resident memory size."),
      stat.resident_pages * static_cast<double>(sysconf(_SC_PAGESIZE)));
  add(GaugeFamily("process_virtual_memory_bytes", "Virtual memory size."),
      stat.virtual_bytes);
  add(GaugeFamily("process_virtual_memory_max_bytes",
                  "Limit of the virtual memory size."),
      Limit(RLIMIT_AS));
  add(GaugeFamily("process_open_fds", "Open file descriptors."),
      OpenDescriptors());
  add(GaugeFamily("process_max_fds", "Limit of open file descriptors."),
      Limit(RLIMIT_NOFILE));
  add(GaugeFamily("process_threads", "Threads of the process."), stat.threads);
  add(GaugeFamily("process_start_time_seconds",
                  "Start of the process, since the epoch."),
      BootTimeSeconds() + stat.start_ticks / hertz);
  return families;
}

}  // namespace ntm::self
