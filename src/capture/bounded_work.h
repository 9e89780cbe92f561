// Runs work that may never end, and cannot be stopped, on a thread of its own;
// abandons it if it takes too much time or memory.
//
// Shape    an abandoned thread ends with its work or with the process, so
// `work`
//          must own everything that it uses.
// Threads  the caller waits; `work` runs on the other thread.
// Errors   throws what `work` throws. Returns which limit was reached, or "" if
//          the work has ended.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>

namespace ntm {

struct WorkLimits {
  std::chrono::milliseconds time{30'000};
  uint64_t memory_bytes = 512ULL << 20;  // that the process grows by
};

// `name` is the thread's.
std::string RunBounded(const std::string& name, const WorkLimits& limits,
                       std::function<void()> work);

}  // namespace ntm
