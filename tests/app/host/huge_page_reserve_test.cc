#include "app/host/huge_page_reserve.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm {
namespace {

TEST(ReserveTextTest, HasRoomForAllOfASmallAndALargeText) {
  for (const size_t bytes : {size_t{0}, size_t{1000}, size_t{8} << 20,
                             (size_t{8} << 20) + 1, size_t{27'000'000}}) {
    std::string text = "kept";
    ReserveText(bytes, &text);
    EXPECT_EQ(text, "kept");
    EXPECT_GE(text.capacity(), bytes);
    const char* const place = text.data();
    text.append(text.capacity() - text.size(), 'x');
    EXPECT_EQ(text.data(), place);
    EXPECT_EQ(text.find_first_not_of('x', 4), std::string::npos);
  }
}

}  // namespace
}  // namespace ntm
