#include "ntm/capture/batch_lock.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

namespace ntm {
namespace {

TEST(BatchLockTest, LetsOthersInWhileOneThreadNeverRests) {
  BatchLock lock;
  uint64_t counter = 0;  // guarded by the lock
  std::atomic<bool> stop = false;
  std::thread busy([&] {
    while (!stop) {
      const auto batch = lock.LockBatch();
      ++counter;
    }
  });
  // Ends only if each of these gets its turn.
  uint64_t seen = 0;
  for (int i = 0; i < 1000; ++i) {
    const std::scoped_lock turn(lock);
    EXPECT_GE(counter, seen);
    seen = counter;
  }
  stop = true;
  busy.join();
  EXPECT_GE(counter, seen);
}

TEST(BatchLockTest, ExcludesEverybodyElse) {
  BatchLock lock;
  int inside = 0;
  std::atomic<bool> overlap = false;
  const auto work = [&](auto take) {
    for (int i = 0; i < 2000; ++i) {
      const auto held = take();
      if (++inside != 1) overlap = true;
      --inside;
    }
  };
  std::thread busy([&] { work([&] { return lock.LockBatch(); }); });
  std::thread reader(
      [&] { work([&] { return std::unique_lock<BatchLock>(lock); }); });
  std::thread another(
      [&] { work([&] { return std::unique_lock<BatchLock>(lock); }); });
  busy.join();
  reader.join();
  another.join();
  EXPECT_FALSE(overlap);
}

}  // namespace
}  // namespace ntm
