#include "workers.h"

#include <pthread.h>

#include <utility>

#include "ntm/base/thread_work.h"

namespace ntm {
namespace {

namespace asio = boost::asio;

}  // namespace

void Workers::Start(int threads) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this] {
      pthread_setname_np(pthread_self(), name_.c_str());
      ExceptionGuard guard("thread " + name_);
      while (!io_.stopped()) guard.Run([this] { io_.run(); });
    });
  }
}

void Workers::Stop() {
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

asio::awaitable<void> Workers::Enter() {
  asio::use_awaitable_t<> token;
  // In a lambda, so that it does not run on the coroutine's own executor.
  return asio::async_initiate<asio::use_awaitable_t<>, void()>(
      [this](auto handler) {
        asio::post(io_,
                   [own = std::move(handler)]() mutable { std::move(own)(); });
      },
      token);
}

}  // namespace ntm
