#include "ntm/base/thread_work.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <condition_variable>
#include <exception>
#include <mutex>

namespace ntm {
namespace {

constexpr std::chrono::minutes kLogInterval{1};
constexpr std::chrono::seconds kPauseAfterException{1};

}  // namespace

bool ExceptionGuard::Run(const std::function<void()>& work) noexcept {
  try {
    work();
    return true;
  } catch (const std::exception& error) {
    Log(error.what());
  } catch (...) {
    Log("unknown exception");
  }
  return false;
}

void ExceptionGuard::Log(const char* what) noexcept {
  const auto now = std::chrono::steady_clock::now();
  if (logged_at_ && now - *logged_at_ < kLogInterval) return;
  logged_at_ = now;
  try {
    spdlog::error("{} failed: {}; it continues", name_, what);
  } catch (...) {
    // There is not even enough memory for a log line.
  }
}

void RunThread(const std::string& name, const std::stop_token& stop,
               const std::function<void()>& work) noexcept {
  pthread_setname_np(pthread_self(), name.c_str());
  ExceptionGuard guard("thread " + name);
  while (!guard.Run(work) && !stop.stop_requested()) {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, kPauseAfterException, [] { return false; });
  }
}

}  // namespace ntm
