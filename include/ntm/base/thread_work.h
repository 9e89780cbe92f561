// What a thread does from its first line to its last, so that nothing it throws
// ends it, or the process.
//
// Shape    whatever comes is logged, at most once a minute.
// Threads  RunThread() on the thread itself; a Survivor by one at a time.
// Errors   none thrown.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

namespace ntm {

class Survivor {
 public:
  // `name` says in the log who it is.
  explicit Survivor(std::string name) : name_(std::move(name)) {}

  // Returns false iff `work` threw.
  bool Run(const std::function<void()>& work) noexcept;

 private:
  void Note(const char* what) noexcept;

  std::string name_;
  std::optional<std::chrono::steady_clock::time_point> logged_at_;
};

// Names the thread, and runs `work` until it returns; where it threw, after a
// second once more, unless the thread is to stop.
void RunThread(const std::string& name, const std::stop_token& stop,
               const std::function<void()>& work) noexcept;

}  // namespace ntm
