#include "modules/top/table.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "modules/top/screen.h"

namespace ntm::top {
namespace {

Moment Busy() {
  Moment moment;
  const auto add = [&moment](const std::string& src, const std::string& name,
                             const std::string& service, double rate,
                             double bytes) {
    moment.conversations.push_back({{src, name, {}},
                                    {"192.0.2.1", "", {}},
                                    service,
                                    "tcp",
                                    "file",
                                    rate,
                                    bytes});
  };
  add("10.0.0.10", "tv", "https", 300, 1e6);
  add("10.0.0.2", "", "", 0, 2e6);
  add("10.0.0.1", "Laptop", "smtp", 2500, 100);
  return moment;
}

std::vector<std::string> FirstCells(const Table& table) {
  std::vector<std::string> cells;
  for (const Row& row : table.rows) cells.push_back(row.cells.front());
  return cells;
}

using Names = std::vector<std::string>;

TEST(TableTest, TheBusiestConversationIsTheFirst) {
  const Table table = MakeTable(Busy(), {});
  EXPECT_EQ(FirstCells(table), (Names{"Laptop", "tv", "10.0.0.2"}));
  EXPECT_EQ(table.rows[1].cells,
            (Names{"tv", "192.0.2.1", "https", "tcp", "300 B/s", "1.0 MB"}));
  EXPECT_EQ(table.rows[2].cells[2], "-");
}

TEST(TableTest, UnitsAndNamesAreAsChosen) {
  Choices choices;
  choices.units = ShownUnits::kBits;
  choices.has_names = false;
  const Table table = MakeTable(Busy(), choices);
  EXPECT_EQ(table.rows[0].cells, (Names{"10.0.0.1", "192.0.2.1", "smtp", "tcp",
                                        "20.0 kbit/s", "100 B"}));
}

TEST(TableTest, TextsAreSortedAsAPersonCounts) {
  Choices choices;
  choices.has_names = false;
  choices.sorts[0] = Sort{0, false};
  EXPECT_EQ(FirstCells(MakeTable(Busy(), choices)),
            (Names{"10.0.0.1", "10.0.0.2", "10.0.0.10"}));
  choices.sorts[0] = Sort{0, true};
  EXPECT_EQ(FirstCells(MakeTable(Busy(), choices)),
            (Names{"10.0.0.10", "10.0.0.2", "10.0.0.1"}));
}

TEST(TableTest, EqualRowsKeepTheOrderOfTheRates) {
  Choices choices;
  choices.sorts[0] = Sort{3, false};  // all are tcp
  EXPECT_EQ(FirstCells(MakeTable(Busy(), choices)),
            (Names{"Laptop", "tv", "10.0.0.2"}));
}

TEST(TableTest, FlowsAreAskedForInTheOrderOfTheTable) {
  Choices choices;
  EXPECT_EQ(FlowOrder(choices), "bytes_per_second");
  choices.sorts[0] = Sort{5, true};
  EXPECT_EQ(FlowOrder(choices), "bytes");
}

TEST(TableTest, EachWordOfTheFilterIsInTheRow) {
  Choices choices;
  choices.filter = "LAPTOP smtp";
  EXPECT_EQ(FirstCells(MakeTable(Busy(), choices)), (Names{"Laptop"}));
  // By its address, although its name is shown.
  choices.filter = "10.0.0.10";
  EXPECT_EQ(FirstCells(MakeTable(Busy(), choices)), (Names{"tv"}));
  choices.filter = "tv smtp";
  const Table none = MakeTable(Busy(), choices);
  EXPECT_TRUE(none.rows.empty());
  EXPECT_EQ(none.all_rows, 3U);
}

TEST(TableTest, HostsHaveBothDirections) {
  Moment moment;
  moment.hosts = {{{"10.0.0.1", "", {}}, true, 10, 20, 100, 200},
                  {{"192.0.2.1", "", {}}, false, 1000, 0, 50, 0}};
  Choices choices;
  choices.view = View::kHosts;
  const Table table = MakeTable(moment, choices);
  EXPECT_EQ(table.rows[0].cells, (Names{"192.0.2.1", "remote", "1.0 KB/s",
                                        "0 KB/s", "1.0 KB/s", "50 B"}));
  EXPECT_EQ(table.rows[1].cells, (Names{"10.0.0.1", "local", "10 B/s", "20 B/s",
                                        "30 B/s", "300 B"}));
}

TEST(TableTest, TheServicesThatSufferAreTheHealthsTable) {
  Moment moment;
  Choices choices;
  choices.view = View::kHealth;
  EXPECT_TRUE(MakeTable(moment, choices).rows.empty());
  moment.health.emplace().services = {{"", {0, 0}, 4, 4},
                                      {"https", {1000, 25}, 12, 0},
                                      {"ssh", {2'000'000, 20}, 1, 1}};
  const Table table = MakeTable(moment, choices);
  ASSERT_EQ(table.rows.size(), 3U);
  EXPECT_EQ(table.rows[0].cells,
            (Names{"https", "25 of 1000", "2.5 %", "0 of 12"}));
  EXPECT_EQ(table.rows[1].cells,
            (Names{"ssh", "20 of 2000k", "0.0 %", "1 of 1"}));
  EXPECT_EQ(table.rows[2].cells, (Names{"-", "0 of 0", "-", "4 of 4"}));
  choices.sorts[3] = Sort{3, true};
  EXPECT_EQ(FirstCells(MakeTable(moment, choices)),
            (Names{"-", "ssh", "https"}));
}

TEST(TableTest, AsPlainTextNothingIsCut) {
  Moment moment = Busy();
  moment.conversations[0].src.name = std::string(200, 'x');
  const Table table = MakeTable(moment, {});
  const std::string text = PlainTable(table, 0, Charset::kUtf8);
  EXPECT_NE(text.find(std::string(200, 'x')), std::string::npos);
  EXPECT_EQ(text.substr(0, 6), "Source");
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 4);
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    EXPECT_NE(text[end - 1], ' ');
    begin = end + 1;
  }
  const std::string cut = PlainTable(table, 80, Charset::kUtf8);
  for (size_t begin = 0; begin < cut.size();) {
    const size_t end = cut.find('\n', begin);
    EXPECT_LE(ColumnsOf(cut.substr(begin, end - begin)), 80U);
    begin = end + 1;
  }
}

}  // namespace
}  // namespace ntm::top
