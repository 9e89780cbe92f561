#include "capture/bounded_work.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <stdexcept>
#include <thread>
#include <vector>

namespace ntm {
namespace {

TEST(BoundedWorkTest, ComesToItsEnd) {
  bool done = false;
  EXPECT_EQ(RunBounded("ntm-test", {}, [&done] { done = true; }), "");
  EXPECT_TRUE(done);
}

TEST(BoundedWorkTest, ThrowsWhatTheWorkThrows) {
  EXPECT_THROW(
      RunBounded("ntm-test", {}, [] { throw std::runtime_error("a fault"); }),
      std::runtime_error);
}

TEST(BoundedWorkTest, GivesUpOnWhatTakesTooLong) {
  const auto ends = std::make_shared<std::atomic<bool>>(false);
  WorkLimits limits;
  limits.time = std::chrono::milliseconds(1000);
  EXPECT_EQ(RunBounded("ntm-test", limits,
                       [ends] {
                         while (!*ends) std::this_thread::yield();
                       }),
            "1 s");
  *ends = true;
}

TEST(BoundedWorkTest, GivesUpOnWhatTakesTooMuchMemory) {
  const auto ends = std::make_shared<std::atomic<bool>>(false);
  WorkLimits limits;
  limits.memory_bytes = 16 << 20;
  EXPECT_EQ(RunBounded("ntm-test", limits,
                       [ends] {
                         const std::vector<char> much(64 << 20, 'x');
                         while (!*ends) std::this_thread::yield();
                       }),
            "16 MiB of memory");
  *ends = true;
}

}  // namespace
}  // namespace ntm
