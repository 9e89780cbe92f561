#include "modules/interfaces/interface_selection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace ntm::interfaces {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(InterfaceSelectionTest, SelectsNamesThatMatchNoPattern) {
  const InterfaceSelection selection({}, {"^lo$", "^docker", "wg"});
  EXPECT_TRUE(selection.Takes("eth0"));
  EXPECT_TRUE(selection.Takes("lo0"));
  EXPECT_FALSE(selection.Takes("lo"));
  EXPECT_FALSE(selection.Takes("docker0"));
  EXPECT_FALSE(selection.Takes("my-wg-1"));
}

TEST(InterfaceSelectionTest, SelectsOnlyNamedInterfacesAndNeverExcludesThem) {
  const InterfaceSelection selection({"lo", "eth0.10"}, {"^lo$", "^eth"});
  EXPECT_TRUE(selection.Takes("lo"));
  EXPECT_TRUE(selection.Takes("eth0.10"));
  EXPECT_FALSE(selection.Takes("eth0x10"));
  EXPECT_FALSE(selection.Takes("eth1"));
}

TEST(InterfaceSelectionTest, SelectsAllWithoutPatterns) {
  EXPECT_TRUE(InterfaceSelection({}, {}).Takes("lo"));
}

TEST(InterfaceSelectionTest, AnswersConsistentlyForThousandsOfNames) {
  const InterfaceSelection selection({}, {"7$"});
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 3000; ++i) {
      EXPECT_EQ(selection.Takes("veth" + std::to_string(i)), i % 10 != 7);
    }
  }
}

TEST(InterfaceSelectionTest, RefusesInvalidExpressions) {
  try {
    InterfaceSelection({}, {"eth["});
    FAIL() << "was taken";
  } catch (const std::invalid_argument& error) {
    EXPECT_STREQ(error.what(), "'eth[' is not a regular expression");
  }
}

TEST(SplitPatternsTest, CommasSeparatePatternsExceptInBrackets) {
  EXPECT_THAT(
      SplitPatterns({"^lo$,^docker", "veth[0-9]{1,3},a\\,b,(x,y)"}),
      ElementsAre("^lo$", "^docker", "veth[0-9]{1,3}", "a\\,b", "(x,y)"));
  EXPECT_THAT(SplitPatterns({""}), IsEmpty());
  EXPECT_THAT(SplitPatterns({",,a,"}), ElementsAre("a"));
}

}  // namespace
}  // namespace ntm::interfaces
