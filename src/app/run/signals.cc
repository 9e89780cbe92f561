#include "signals.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <ctime>
#include <memory>
#include <mutex>
#include <thread>

#include "ntm/base/thread_work.h"

namespace ntm::signals {
namespace {

sigset_t Terminating() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

sigset_t Reloading() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  return set;
}

bool Arrives(std::chrono::nanoseconds timeout) {
  const sigset_t set = Terminating();
  const auto ns = std::max<int64_t>(timeout.count(), 0);
  const timespec limit{ns / 1'000'000'000, ns % 1'000'000'000};
  return sigtimedwait(&set, nullptr, &limit) > 0;
}

// Handles signals during the start on a thread of its own, because the main
// thread may be blocked, for example in a name lookup or by a FIFO.
class Starting {
 public:
  Starting() { Resume(); }

  void TakeCare() { careful_ = true; }

  void Resume() {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      RunThread("ntm-start", stop, [&] { Watch(stop); });
    });
  }

  void Pause() {
    thread_.request_stop();
    thread_.join();
  }

  bool End() {
    Pause();
    return came();
  }

  bool came() const { return came_; }

 private:
  void Watch(const std::stop_token& stop) {
    constexpr std::chrono::milliseconds kPatience{5};
    constexpr std::chrono::seconds kGrace{3};
    while (!came_ && !stop.stop_requested()) came_ = Arrives(kPatience);
    if (!came_) return;
    if (careful_) {
      std::mutex mutex;
      std::condition_variable_any stopped;
      std::unique_lock lock(mutex);
      stopped.wait_for(lock, stop, kGrace, [] { return false; });
      if (stop.stop_requested()) return;
    }
    _exit(0);
  }

  std::atomic<bool> came_ = false;
  std::atomic<bool> careful_ = false;
  std::jthread thread_;
};

std::unique_ptr<Starting> starting;

}  // namespace

void BeginStart() { starting = std::make_unique<Starting>(); }

void TakeCare() {
  if (starting) starting->TakeCare();
}

void PauseStart() {
  if (starting) starting->Pause();
}

void ResumeStart() {
  if (starting) starting->Resume();
}

bool EndStart() {
  const auto ended = std::move(starting);
  return ended && ended->End();
}

void Block() {
  const sigset_t set = Terminating();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void BlockReload() {
  const sigset_t set = Reloading();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool TakeReload() {
  const sigset_t set = Reloading();
  const timespec at_once{};
  return sigtimedwait(&set, nullptr, &at_once) > 0;
}

bool Wait(std::chrono::nanoseconds timeout) {
  return (starting && starting->came()) || Arrives(timeout);
}

}  // namespace ntm::signals
