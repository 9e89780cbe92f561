#include "ntm/base/thread_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <stop_token>
#include <thread>

namespace ntm {
namespace {

TEST(ExceptionGuardTest, CatchesEveryException) {
  ExceptionGuard guard("a test");
  EXPECT_TRUE(guard.Run([] {}));
  EXPECT_FALSE(guard.Run([] { throw std::runtime_error("a fault"); }));
  EXPECT_FALSE(guard.Run([] { throw 1; }));
}

TEST(RunThreadTest, RestartsTheWorkUntilItReturns) {
  int begun = 0;
  std::stop_source source;
  RunThread("ntm-test", source.get_token(), [&] {
    if (++begun < 3) throw begun;
  });
  EXPECT_EQ(begun, 3);
}

TEST(RunThreadTest, EndsAtOnceWhenStopIsRequested) {
  std::atomic<int> begun = 0;
  std::jthread thread([&](const std::stop_token& stop) {
    RunThread("ntm-test", stop, [&] {
      ++begun;
      throw std::runtime_error("a fault");
    });
  });
  while (begun == 0) std::this_thread::yield();
  thread.request_stop();
  thread.join();
  EXPECT_GE(begun.load(), 1);
}

}  // namespace
}  // namespace ntm
