// Measures the load of this machine: CPU and memory in use, in percent.
//
// Shape    CPU over the time since the previous reading, computed as psutil
//          does: idle and iowait are not busy. Memory in use is MemTotal less
//          MemAvailable.
// Threads  a value; one user at a time.
// Errors   none: a value that cannot be read is 0.
// Source   proc(5): /proc/stat, /proc/meminfo.
#pragma once

#include <cstdint>
#include <string>

namespace ntm::agents {

struct CpuTime {
  uint64_t busy = 0;
  uint64_t all = 0;
};

CpuTime CpuTimeIn(const std::string& proc_stat);
double CpuPercent(const CpuTime& before, const CpuTime& now);
double MemoryPercentIn(const std::string& proc_meminfo);

class MachineLoad {
 public:
  struct Load {
    double cpu_percent = 0;
    double memory_percent = 0;
  };
  // The first reading has the mean CPU load since boot.
  Load Read();

 private:
  CpuTime before_;
};

}  // namespace ntm::agents
