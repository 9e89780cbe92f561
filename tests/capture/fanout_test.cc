#include "capture/fanout.h"

#include <gmock/gmock.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ntm/base/error.h"

namespace ntm {
namespace {

TEST(FanoutTest, NamesTheRemedyWhereTheKernelRefuses) {
  const int other = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  ASSERT_GE(other, 0);
  try {
    JoinFanout("eth7", {other, other});
    ADD_FAILURE() << "a socket without an interface was shared";
  } catch (const Error& error) {
    EXPECT_THAT(error.what(),
                testing::AllOf(testing::HasSubstr("eth7"),
                               testing::HasSubstr("--capture-threads 1")));
  }
  close(other);
}

}  // namespace
}  // namespace ntm
