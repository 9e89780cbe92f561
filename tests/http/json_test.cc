#include "ntm/http/json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace ntm {
namespace {

TEST(JsonTest, ReadsJsonAndNothingElse) {
  EXPECT_EQ(ParseJson(R"({"a": ["b", 1, null]})")["a"][0], "b");
  for (const char* text : {"", "{", "{a: 1}", "[1,]", "\"a\x01\""}) {
    EXPECT_TRUE(ParseJson(text).is_discarded()) << text;
  }
}

TEST(JsonTest, RefusesTextsWithAZeroByte) {
  for (const char* text :
       {R"("a\u0000b")", R"({"a": ["\u0000"]})", R"({"a\u0000": 1})"}) {
    EXPECT_TRUE(ParseJson(text).is_discarded()) << text;
  }
  EXPECT_EQ(ParseJson(R"("a\\u0000")"), "a\\u0000");
}

}  // namespace
}  // namespace ntm
