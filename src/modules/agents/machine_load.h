// How busy this machine is: CPU and memory, in percent.
//
// Shape    CPU over the time since the reading before, as psutil tells it: idle
//          and waiting for disks is not busy. Memory that could be had without
//          swapping is free.
// Threads  a value; one user at a time.
// Errors   none: what the kernel does not tell is 0.
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
  // The first reading tells the CPU since the machine was started.
  Load Read();

 private:
  CpuTime before_;
};

}  // namespace ntm::agents
