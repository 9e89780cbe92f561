#include "ntm/base/thread_work.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <exception>
#include <mutex>

namespace ntm {
namespace {

constexpr std::chrono::minutes kLogInterval{1};
constexpr std::chrono::seconds kRestAfterFault{1};

}  // namespace

bool Survivor::Run(const std::function<void()>& work) noexcept {
  try {
    work();
    return true;
  } catch (const std::exception& error) {
    Note(error.what());
  } catch (...) {
    Note("unknown exception");
  }
  return false;
}

void Survivor::Note(const char* what) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (logged_at_ && now - *logged_at_ < kLogInterval) return;
  logged_at_ = now;
  try {
    spdlog::error("{} failed: {}; it goes on", name_, what);
  } catch (...) {
    // Not even memory for a line is left.
  }
}

void RunThread(const std::string& name, const std::stop_token& stop,
               const std::function<void()>& work) noexcept {
  pthread_setname_np(pthread_self(), name.c_str());
  Survivor survivor("thread " + name);
  while (!survivor.Run(work) && !stop.stop_requested()) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, kRestAfterFault, [] { return false; });
  }
}

}  // namespace ntm
