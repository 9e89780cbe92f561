// Runs what may take for ever, and cannot be stopped, on a thread of its own,
// and gives up on it where that takes too much time or memory.
//
// Shape    who gave up leaves the thread behind: it ends with its work or with
//          the process. So `work` must own all that it uses.
// Threads  the caller waits; `work` runs on the other thread.
// Errors   what `work` throws is thrown here. Returns what there was too little
//          of, "" where it came to its end.
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
