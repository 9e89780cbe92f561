// Runs a thread's work so that an exception ends neither the thread nor the
// process.
//
// Shape    exceptions are logged, at most once a minute.
// Threads  RunThread() on the thread itself; one thread at a time per
//          ExceptionGuard.
// Errors   none thrown.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace ntm {

class ExceptionGuard {
 public:
  // `name` identifies the work in the log.
  explicit ExceptionGuard(std::string name) : name_(std::move(name)) {}

  // Returns false iff `work` threw.
  bool Run(const std::function<void()>& work) noexcept;

 private:
  void Log(const char* what) noexcept;

  std::string name_;
  std::optional<std::chrono::steady_clock::time_point> logged_at_;
};

// Names the calling thread and runs `work` until it returns. If it throws, runs
// it again after a second, unless a stop is requested.
void RunThread(const std::string& name, const std::stop_token& stop,
               const std::function<void()>& work) noexcept;

}  // namespace ntm
