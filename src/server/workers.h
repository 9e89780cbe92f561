// Threads for what would hold up the HTTP server's own: handlers, and the
// hashing of passwords. Only for the HTTP server: it includes Asio.
//
//     co_await workers.Enter();  // on one of the threads
//     …
//     co_await LeaveWorkers();   // on the coroutine's own executor again
//
// Threads  Start() and Stop() from one thread, which is none of these; Enter()
//          on any.
// Errors   none.
#pragma once

// clang-format off
#include "asio.h"
// clang-format on

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <string>
#include <thread>
#include <vector>

namespace ntm {

class Workers {
 public:
  // `name` of its threads: 15 bytes at most.
  explicit Workers(std::string name)
      : name_(std::move(name)), work_(io_.get_executor()) {}
  ~Workers() { Stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // They are made with the caller's signal mask.
  void Start(int threads);
  // Waits for what runs; what waits is destroyed with this.
  void Stop();

  // Waits for a thread, first come, first served.
  boost::asio::awaitable<void> Enter();

 private:
  // Constant after construction
  const std::string name_;

  boost::asio::io_context io_;
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type>
      work_;
  std::vector<std::thread> threads_;
};

inline boost::asio::awaitable<void> LeaveWorkers() {
  return boost::asio::post(boost::asio::use_awaitable_t<>());
}

}  // namespace ntm
