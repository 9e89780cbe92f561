#include "ntm/base/utc_text.h"

#include <gtest/gtest.h>

namespace ntm {
namespace {

constexpr int64_t kSecond = 1'767'225'599;  // 2025-12-31T23:59:59Z

TEST(UtcTextTest, TruncatesToItsDecimals) {
  const int64_t time_ns = kSecond * 1'000'000'000 + 123'456'789;
  EXPECT_EQ(UtcText(time_ns), "2025-12-31T23:59:59Z");
  EXPECT_EQ(UtcText(time_ns, 3), "2025-12-31T23:59:59.123Z");
  EXPECT_EQ(UtcText(time_ns, 6), "2025-12-31T23:59:59.123456Z");
  EXPECT_EQ(UtcText(5'000'000, 3), "1970-01-01T00:00:00.005Z");
}

TEST(UtcTextTest, RoundsDownBefore1970) {
  EXPECT_EQ(UtcText(-1, 3), "1969-12-31T23:59:59.999Z");
  EXPECT_EQ(UtcText(-1'000'000'000), "1969-12-31T23:59:59Z");
}

TEST(UtcTextTest, StoredTimeHasNoZone) {
  EXPECT_EQ(StoredTime(kSecond), "2025-12-31T23:59:59");
}

}  // namespace
}  // namespace ntm
