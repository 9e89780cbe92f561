#include "bounded_work.h"

#include <malloc.h>
#include <pthread.h>
#include <unistd.h>

#include <condition_variable>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <memory>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

namespace ntm {
namespace {

constexpr std::chrono::milliseconds kLookInterval{50};

struct Progress {
  std::mutex mutex;
  std::condition_variable changed;
  bool is_done = false;
  std::exception_ptr fault;
};

// 0 where it cannot be told.
uint64_t ResidentBytes() {
  std::ifstream file("/proc/self/statm");
  uint64_t all = 0;
  uint64_t resident = 0;
  file >> all >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

void Do(const std::function<void()>& work, Progress* progress) noexcept {
  std::exception_ptr fault;
  try {
    work();
  } catch (...) {
    fault = std::current_exception();
  }
  const std::scoped_lock lock(progress->mutex);
  progress->fault = std::move(fault);
  progress->is_done = true;
  progress->changed.notify_one();
}

// Returns which limit was reached; "" if the work has ended.
std::string WaitFor(Progress* progress, const WorkLimits& limits,
                    std::chrono::steady_clock::time_point end,
                    uint64_t bytes_before) {
  std::unique_lock lock(progress->mutex);
  while (!progress->changed.wait_for(
      lock, kLookInterval, [progress] { return progress->is_done; })) {
    if (std::chrono::steady_clock::now() >= end) {
      return std::to_string(limits.time.count() / 1000) + " s";
    }
    const uint64_t now = ResidentBytes();
    if (bytes_before != 0 && now > bytes_before + limits.memory_bytes) {
      return std::to_string(limits.memory_bytes >> 20) + " MiB of memory";
    }
  }
  return "";
}

}  // namespace

std::string RunBounded(const std::string& name, const WorkLimits& limits,
                       std::function<void()> work) {
  const auto end = std::chrono::steady_clock::now() + limits.time;
  const uint64_t before = ResidentBytes();
  const auto progress = std::make_shared<Progress>();
  std::thread thread;
  try {
    thread = std::thread([progress, work, name] {
      pthread_setname_np(pthread_self(), name.c_str());
      Do(work, progress.get());
    });
  } catch (const std::system_error&) {
    work();  // no thread can be had
    return "";
  }
  const std::string lacking = WaitFor(progress.get(), limits, end, before);
  if (!lacking.empty()) {
    thread.detach();
    return lacking;
  }
  thread.join();
  // Frees the other thread's unused heap.
  malloc_trim(0);
  if (progress->fault) std::rethrow_exception(progress->fault);
  return "";
}

}  // namespace ntm
