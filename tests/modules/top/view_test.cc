#include "modules/top/view.h"

#include <gtest/gtest.h>

#include <string>

namespace ntm::top {
namespace {

constexpr size_t kRows = 30;
constexpr size_t kFit = 10;

Shown Table() { return {{false, false, true}, kRows, kFit, {2, true}}; }

void Type(const std::string& text, Choices* choices) {
  for (const char character : text) {
    Press({Key::kCharacter, character}, Table(), choices);
  }
}

TEST(ViewTest, KeysSwitchUnitsNamesAndPause) {
  Choices choices;
  Type("unp", &choices);
  EXPECT_EQ(choices.units, ShownUnits::kBits);
  EXPECT_FALSE(choices.has_names);
  EXPECT_TRUE(choices.is_paused);
  Type("un ", &choices);
  EXPECT_EQ(choices.units, ShownUnits::kBytes);
  EXPECT_TRUE(choices.has_names);
  EXPECT_FALSE(choices.is_paused);
  Type("q", &choices);
  EXPECT_TRUE(choices.has_quit);
}

TEST(ViewTest, TheHealthIsAViewOnlyIfThereIsOne) {
  Choices choices;
  Type("4", &choices);
  EXPECT_EQ(choices.view, View::kConversations);
  Type("3\t", &choices);
  EXPECT_EQ(choices.view, View::kConversations);
  choices.has_health = true;
  Type("3\t", &choices);
  EXPECT_EQ(choices.view, View::kHealth);
  Press({Key::kLeft}, Table(), &choices);
  EXPECT_EQ(choices.view, View::kServices);
  Press({Key::kRight}, Table(), &choices);
  Press({Key::kRight}, Table(), &choices);
  EXPECT_EQ(choices.view, View::kConversations);
}

TEST(ViewTest, SortingGoesFromColumnToColumn) {
  Choices choices;
  Type("s", &choices);
  EXPECT_EQ(choices.sorts[0]->column, 0U);
  EXPECT_FALSE(choices.sorts[0]->is_falling);
  Shown shown = Table();
  shown.sort = {1, false};
  Press({Key::kCharacter, 's'}, shown, &choices);
  EXPECT_EQ(choices.sorts[0]->column, 2U);
  EXPECT_TRUE(choices.sorts[0]->is_falling);
  Press({Key::kCharacter, 'r'}, shown, &choices);
  EXPECT_EQ(choices.sorts[0]->column, 1U);
  EXPECT_TRUE(choices.sorts[0]->is_falling);
  EXPECT_FALSE(choices.sorts[1].has_value());
}

TEST(ViewTest, TheFilterIsTypedAndKept) {
  Choices choices;
  Type("/dns q", &choices);
  EXPECT_EQ(choices.filter, "dns q");
  EXPECT_FALSE(choices.has_quit);
  Press({Key::kBackspace}, Table(), &choices);
  Press({Key::kEnter}, Table(), &choices);
  EXPECT_FALSE(choices.is_editing);
  EXPECT_EQ(choices.filter, "dns ");
  Press({Key::kEscape}, Table(), &choices);
  EXPECT_EQ(choices.filter, "");
}

TEST(ViewTest, ALetterOfSeveralBytesIsDeletedAsOne) {
  Choices choices;
  Type("/zoë", &choices);
  Press({Key::kBackspace}, Table(), &choices);
  EXPECT_EQ(choices.filter, "zo");
  Type(std::string(1000, 'x'), &choices);
  EXPECT_EQ(choices.filter.size(), 200U);
  Press({Key::kEscape}, Table(), &choices);
  EXPECT_EQ(choices.filter, "");
  EXPECT_FALSE(choices.is_editing);
}

TEST(ViewTest, ScrollingEndsAtTheLastRow) {
  Choices choices;
  Press({Key::kUp}, Table(), &choices);
  EXPECT_EQ(choices.first_row, 0U);
  Press({Key::kDown}, Table(), &choices);
  EXPECT_EQ(choices.first_row, 1U);
  Press({Key::kPageDown}, Table(), &choices);
  EXPECT_EQ(choices.first_row, 11U);
  Press({Key::kEnd}, Table(), &choices);
  Press({Key::kDown}, Table(), &choices);
  EXPECT_EQ(choices.first_row, kRows - kFit);
  Press({Key::kPageUp}, Table(), &choices);
  EXPECT_EQ(choices.first_row, 10U);
  Press({Key::kHome}, Table(), &choices);
  EXPECT_EQ(choices.first_row, 0U);
}

TEST(ViewTest, AnyKeyClosesTheHelpAndDoesNothingElse) {
  Choices choices;
  Type("?q", &choices);
  EXPECT_FALSE(choices.has_help);
  EXPECT_FALSE(choices.has_quit);
}

TEST(ViewTest, ViewsHaveNames) {
  EXPECT_EQ(ParseView("hosts"), View::kHosts);
  EXPECT_EQ(ParseView("host"), std::nullopt);
}

}  // namespace
}  // namespace ntm::top
