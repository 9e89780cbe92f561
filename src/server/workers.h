// A thread pool for work that would block the HTTP server's own threads:
// handlers and password hashing. Only for the HTTP server, because it includes
// Asio.
//
//     co_await workers.Enter();  // continues on a thread of the pool
//     …
//     co_await LeaveWorkers();   // continues on the coroutine's own executor
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
  // `name` is that of its threads: at most 15 bytes.
  explicit Workers(std::string name)
      : name_(std::move(name)), work_(io_.get_executor()) {}
  ~Workers() { Stop(); }
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // The threads inherit the caller's signal mask.
  void Start(int threads);
  // Waits for running work. Waiting coroutines are destroyed with this object.
  void Stop();

  // Waits for a free thread, first come, first served.
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
