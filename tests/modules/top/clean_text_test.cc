#include "modules/top/clean_text.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm::top {
namespace {

TEST(CleanTextTest, NothingThatCommandsATerminalIsLeft) {
  EXPECT_EQ(CleanText("a\x1b[2Jb\a\r\n\tc\x7f", Charset::kUtf8),
            "a?[2Jb????c?");
  // C1 controls, as one byte and as UTF-8; the latter are commands, too.
  EXPECT_EQ(CleanText("\x9b"
                      "31m\xc2\x9b"
                      "31m",
                      Charset::kUtf8),
            "?31m?31m");
  // Right-to-left override, zero width space, a combining accent.
  EXPECT_EQ(CleanText("x\u202ey\u200bz\u0301", Charset::kUtf8), "x?y?z?");
}

TEST(CleanTextTest, WhatIsNotUtf8IsReplacedByteByByte) {
  EXPECT_EQ(CleanText("caf\xe9", Charset::kUtf8), "caf?");
  EXPECT_EQ(CleanText("\xc0\xaf \xed\xa0\x80 \xf5\x80", Charset::kUtf8),
            "?? ??? ??");
  EXPECT_EQ(CleanText("cut \xe4\xbd", Charset::kUtf8), "cut ??");
}

TEST(CleanTextTest, LettersStayWhereTheTerminalHasThem) {
  EXPECT_EQ(CleanText("Zoë’s 电脑", Charset::kUtf8), "Zoë’s 电脑");
  EXPECT_EQ(CleanText("Zoë’s 电脑", Charset::kAscii), "Zo??s ??");
}

TEST(CleanTextTest, EastAsianCharactersTakeTwoColumns) {
  EXPECT_EQ(ColumnsOf("Zoë"), 3U);
  EXPECT_EQ(ColumnsOf("电脑"), 4U);
}

TEST(CleanTextTest, CutTextsFitAndSayThatTheyAreCut) {
  EXPECT_EQ(Cut("printer", 7, Charset::kUtf8), "printer");
  EXPECT_EQ(Cut("printer", 6, Charset::kUtf8), "print…");
  EXPECT_EQ(Cut("printer", 6, Charset::kAscii), "print~");
  EXPECT_EQ(Cut("电脑电脑", 6, Charset::kUtf8), "电脑…");
  EXPECT_EQ(Cut("printer", 0, Charset::kUtf8), "");
  EXPECT_EQ(FillLeft("电脑电脑", 6, Charset::kUtf8), " 电脑…");
  EXPECT_EQ(FillRight("ab", 4, Charset::kUtf8), "ab  ");
}

}  // namespace
}  // namespace ntm::top
