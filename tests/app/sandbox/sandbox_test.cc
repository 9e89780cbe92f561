#include "app/sandbox/sandbox.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>
#include <thread>

#include "ntm/base/error.h"

namespace ntm {
namespace {

TEST(SandboxTest, StrictRefusesToLeaveAThreadItsRights) {
  std::promise<void> end;
  std::jthread other([wait = end.get_future()]() mutable { wait.get(); });
  SandboxSettings settings;
  settings.mode = SandboxMode::kStrict;
  std::string said;
  try {
    EnterSandbox(settings);
  } catch (const Error& error) {
    said = error.what();
  }
  end.set_value();
  EXPECT_THAT(
      said, testing::HasSubstr("1 threads already run and keep their rights"));
}

}  // namespace
}  // namespace ntm
