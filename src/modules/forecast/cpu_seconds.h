// Measures the CPU time of the calling thread.
//
// Source   clock_gettime(2), CLOCK_THREAD_CPUTIME_ID.
#pragma once

#include <ctime>

namespace ntm::forecast {

inline double CpuSeconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) * 1e-9;
}

}  // namespace ntm::forecast
