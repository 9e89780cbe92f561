#include "modules/names/gathered_bytes.h"

#include <gtest/gtest.h>

namespace ntm::names {
namespace {

using Piece = std::vector<uint8_t>;

Piece Whole(const GatheredBytes& bytes) {
  const auto whole = bytes.FromBeginning();
  return {whole.begin(), whole.end()};
}

TEST(GatheredBytesTest, PutsPiecesInOrder) {
  GatheredBytes bytes;
  EXPECT_FALSE(bytes.Add(4, Piece{5, 6}));
  EXPECT_TRUE(Whole(bytes).empty());
  EXPECT_TRUE(bytes.Add(0, Piece{1, 2}));
  EXPECT_EQ(Whole(bytes), (Piece{1, 2}));
  EXPECT_TRUE(bytes.Add(1, Piece{9, 3, 4, 9}));
  EXPECT_EQ(Whole(bytes), (Piece{1, 2, 3, 4, 5, 6})) << "the first ones count";
  EXPECT_FALSE(bytes.Add(0, Piece{7, 7, 7}));
}

TEST(GatheredBytesTest, IgnoresWhatLiesBeyondItsSize) {
  GatheredBytes bytes;
  EXPECT_TRUE(bytes.Add(0, Piece(GatheredBytes::kMostBytes - 1, 1)));
  EXPECT_TRUE(bytes.Add(GatheredBytes::kMostBytes - 1, Piece(100, 2)));
  EXPECT_EQ(Whole(bytes).size(), GatheredBytes::kMostBytes);
  EXPECT_FALSE(bytes.Add(GatheredBytes::kMostBytes, Piece{1}));
  EXPECT_FALSE(bytes.Add(SIZE_MAX, Piece{1}));
  EXPECT_FALSE(bytes.Add(0, {}));
}

}  // namespace
}  // namespace ntm::names
