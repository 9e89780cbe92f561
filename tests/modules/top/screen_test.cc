#include "modules/top/screen.h"

#include <gtest/gtest.h>

#include <iterator>
#include <string>

#include "modules/top/rate_graph.h"

namespace ntm::top {
namespace {

struct Scene {
  Moment moment;
  RateHistory down;
  RateHistory up;
  std::string fault;

  Scene() {
    moment.timestamp = "2026-01-31T09:00:01Z";
    moment.version = "0.1.0";
    moment.down_bytes_per_second = 2e6;
    moment.up_bytes_per_second = 300;
    moment.down_bytes = 5e9;
    moment.active_flows = 40;
    moment.total_flows = 50;
    for (int i = 0; i < 40; ++i) {
      moment.conversations.push_back(
          {{"10.0.0." + std::to_string(i), std::string(60, 'n'), {}},
           {"2001:db8:1234:5678:9abc:def0:1234:5678", "", {}},
           "https",
           "tcp",
           "file",
           1000.0 - i,
           1e6});
    }
    for (int i = 0; i < 60; ++i) down.Add(i < 57 ? 1e6 : 2e6);
    Health& health = moment.health.emplace();
    health.is_well = false;
    health.findings = {
        "15 of 120 questions to name servers failed (3 without an answer): "
        "check the name server, or choose another one.",
        "Downloads are retransmitted 3.0 % of the time: packets from the "
        "internet are lost on the way to the local hosts."};
    health.internet = {0.021, 0.048, 312};
    health.local = {0.0012, 0.0081, 310};
    health.dns = {0.012, 1.25, 117};
    health.down = {4'812'000, 144'360};
    health.up = {3400, 0};
    health.connections = 16;
    health.failed_connections = 4;
    health.questions = 120;
    health.failed_questions = 15;
    health.services = {{"https", {1000, 25}, 12, 0}, {"ssh", {90, 9}, 1, 1}};
  }

  static Choices OfHealth() {
    Choices choices;
    choices.view = View::kHealth;
    choices.has_health = true;
    return choices;
  }

  Screen DrawnAt(size_t columns, size_t rows, const Choices& choices = {},
                 Charset charset = Charset::kUtf8) const {
    return Draw({"localhost:8000: eth0", fault, moment, down, up}, choices,
                {columns, rows}, charset);
  }
};

std::string All(const Screen& screen) {
  std::string text;
  for (const Line& line : screen.lines) text += TextOf(line) + "\n";
  return text;
}

TEST(ScreenTest, FitsEveryTerminal) {
  const Scene scene;
  Choices help;
  help.has_help = true;
  Choices filter;
  filter.filter = std::string(150, 'f');
  for (const Choices& choices : {Choices{}, help, filter, Scene::OfHealth()}) {
    for (size_t columns = 1; columns <= 250; columns += 7) {
      for (size_t rows = 1; rows <= 60; ++rows) {
        const Screen screen = scene.DrawnAt(columns, rows, choices);
        ASSERT_EQ(screen.lines.size(), rows) << columns;
        for (const Line& line : screen.lines) {
          ASSERT_LE(ColumnsOf(TextOf(line)), columns) << rows;
        }
      }
    }
  }
}

TEST(ScreenTest, HasRatesTotalsAndTheRowsThatFitAt80By24) {
  const Scene scene;
  const Screen screen = scene.DrawnAt(80, 24);
  const std::string text = All(screen);
  EXPECT_NE(TextOf(screen.lines[0]).find("localhost:8000: eth0"),
            std::string::npos);
  EXPECT_NE(TextOf(screen.lines[0])
                .find("40 of 50 flows  captured 100 %  "
                      "09:00:01 UTC"),
            std::string::npos);
  EXPECT_EQ(TextOf(screen.lines[1]).substr(0, 20), " down       2.0 MB/s");
  EXPECT_EQ(TextOf(screen.lines[3]).substr(0, 20), " total        5.0 GB");
  EXPECT_EQ(TextOf(screen.lines[4]).substr(0, 20), " up          300 B/s");
  EXPECT_EQ(TextOf(screen.lines[23]).substr(0, 6), "q quit");
  EXPECT_TRUE(TextOf(screen.lines[23]).ends_with("p pause"));
  EXPECT_EQ(screen.shown.rows, 40U);
  EXPECT_EQ(screen.shown.rows_fit, 14U);
  EXPECT_EQ(screen.shown.columns.size(), 6U);
  // The numbers are whole; of the texts the names are cut.
  EXPECT_NE(text.find("nn…"), std::string::npos);
  EXPECT_NE(text.find("https"), std::string::npos);
  EXPECT_NE(text.find("1.0 KB/s"), std::string::npos);
  EXPECT_NE(text.find("1.0 MB"), std::string::npos);
}

TEST(ScreenTest, ScrollsToTheLastRow) {
  const Scene scene;
  Choices choices;
  choices.has_names = false;
  choices.first_row = 1000;
  const Screen screen = scene.DrawnAt(120, 24, choices);
  EXPECT_TRUE(TextOf(screen.lines[22]).starts_with("10.0.0.39 "));
  EXPECT_TRUE(TextOf(screen.lines[9]).starts_with("10.0.0.26 "));
}

TEST(ScreenTest, WithoutUtf8ThereIsNothingElseThanAscii) {
  Scene scene;
  scene.moment.conversations[0].src.name = "plain";
  const std::string text = All(scene.DrawnAt(80, 24, {}, Charset::kAscii));
  for (const char c : text) EXPECT_LT(static_cast<unsigned char>(c), 0x80);
  EXPECT_NE(text.find("Now v"), std::string::npos);
}

TEST(ScreenTest, SaysWhatIsWrongInsteadOfTheKeys) {
  Scene scene;
  scene.moment.fault = "nothing can be captured on ppp0: it is down";
  EXPECT_NE(All(scene.DrawnAt(80, 24)).find("nothing can be captured"),
            std::string::npos);
  scene.fault = "ntm does not answer";
  const Screen screen = scene.DrawnAt(80, 24);
  EXPECT_EQ(TextOf(screen.lines[23]), " ntm does not answer");
  EXPECT_EQ(screen.lines[23].front().look, Look::kBad);
}

TEST(ScreenTest, SaysWhetherItIsPausedAndFiltered) {
  const Scene scene;
  Choices choices;
  choices.is_paused = true;
  choices.is_editing = true;
  choices.filter = "10.0.0.7";
  const Screen screen = scene.DrawnAt(80, 24, choices);
  EXPECT_NE(TextOf(screen.lines[0]).find("PAUSED"), std::string::npos);
  EXPECT_NE(TextOf(screen.lines[7]).find("filter: 10.0.0.7_  1 of 40 rows"),
            std::string::npos);
  choices.filter = "nothing";
  EXPECT_NE(All(scene.DrawnAt(80, 24, choices))
                .find("No row has the words of the filter."),
            std::string::npos);
}

TEST(ScreenTest, TheHealthIsWholeAt80By24) {
  const Scene scene;
  const Screen screen = scene.DrawnAt(80, 24, Scene::OfHealth());
  const char* const expected[] = {
      " 1 conversations  2 hosts  3 services  4 health ",
      "15 of 120 questions to name servers failed (3 without an answer): check "
      "the name",
      "server, or choose another one.",
      "Downloads are retransmitted 3.0 % of the time: packets from the "
      "internet "
      "are",
      "lost on the way to the local hosts.",
      "",
      "Answers of        median    95 %  count  Again or failed    share  "
      "count "
      "    of",
      "the internet       21 ms   48 ms    312  downloads again    3.0 %   "
      "144k "
      " 4812k",
      "local hosts       1.2 ms  8.1 ms    310  uploads again      0.0 %      "
      "0 "
      "  3400",
      "name servers       12 ms 1250 ms    117  connections       25.0 %      "
      "4 "
      "    16",
      "                                         questions         12.5 %     "
      "15 "
      "   120",
      "",
      "Service    Sent again ↓         Share    Failed connections",
      "https        25 of 1000         2.5 %               0 of 12",
      "ssh             9 of 90        10.0 %                1 of 1"};
  for (size_t i = 0; i < std::size(expected); ++i) {
    std::string line = TextOf(screen.lines[3 + i]);
    line.resize(line.find_last_not_of(' ') + 1);
    std::string wanted = expected[i];
    wanted.resize(wanted.find_last_not_of(' ') + 1);
    EXPECT_EQ(line, wanted) << i;
  }
  EXPECT_EQ(screen.lines[4].front().look, Look::kBad);
  EXPECT_EQ(screen.shown.rows, 2U);
}

TEST(ScreenTest, FindingsWithoutRoomAreCounted) {
  Scene scene;
  auto& findings = scene.moment.health->findings;
  for (int i = 0; i < 6; ++i) findings.push_back(findings[0]);
  const std::string text = All(scene.DrawnAt(80, 24, Scene::OfHealth()));
  EXPECT_NE(text.find("5 more: see a larger terminal, or the page."),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("Answers of"), std::string::npos);
  EXPECT_NE(text.find("https"), std::string::npos);
}

TEST(ScreenTest, AsPlainTextTheHealthIsWhole) {
  Scene scene;
  const std::string text =
      PlainView(scene.moment, Scene::OfHealth(), 0, Charset::kUtf8);
  for (const std::string& finding : scene.moment.health->findings) {
    EXPECT_NE(text.find(finding + "\n"), std::string::npos);
  }
  EXPECT_NE(text.find("\n\nAnswers of  "), std::string::npos);
  EXPECT_NE(text.find("\n\nService  "), std::string::npos);
  EXPECT_EQ(text.find(" \n"), std::string::npos);
  scene.moment.health->services.clear();
  EXPECT_EQ(PlainView(scene.moment, Scene::OfHealth(), 0, Charset::kUtf8)
                .find("Service"),
            std::string::npos);
}

TEST(ScreenTest, TheHealthHasATabOnlyIfThereIsOne) {
  const Scene scene;
  Choices choices;
  EXPECT_EQ(All(scene.DrawnAt(80, 24)).find("health"), std::string::npos);
  choices.has_health = true;
  EXPECT_NE(All(scene.DrawnAt(80, 24, choices)).find("4 health"),
            std::string::npos);
}

TEST(RateHistoryTest, ColumnsAreMeansAndTheNewestIsOnTheRight) {
  RateHistory history;
  for (const double rate : {0.0, 0.0, 0.0, 4.0, 8.0, 12.0, 16.0}) {
    history.Add(rate);
  }
  EXPECT_EQ(history.Peak(3), 16);
  EXPECT_EQ(history.Graph(4, 1, Charset::kUtf8).front(), "  ▄█");
  const auto high = history.Graph(4, 2, Charset::kUtf8);
  EXPECT_EQ(high[0], "   █");
  EXPECT_EQ(high[1], "  ██");
  EXPECT_EQ(history.Graph(4, 1, Charset::kAscii).front(), "  :#");
}

TEST(RateHistoryTest, ASampleStaysInItsColumn) {
  RateHistory history;
  history.Add(1);
  for (int i = 0; i < 2; ++i) history.Add(0);
  for (int i = 0; i < 30; ++i) {
    const double mean = 1.0 / RateHistory::kSamplesPerColumn;
    EXPECT_EQ(history.Peak(100), mean) << i;
    history.Add(0);
  }
}

TEST(RateHistoryTest, SomethingIsNeverShownAsNothing) {
  RateHistory history;
  for (int i = 0; i < 3; ++i) history.Add(1e-3);
  for (int i = 0; i < 3; ++i) history.Add(1e9);
  EXPECT_EQ(history.Graph(3, 1, Charset::kUtf8).front(), " ▁█");
}

TEST(RateHistoryTest, IsBounded) {
  RateHistory history;
  history.Add(1e12);
  for (size_t i = 0; i < RateHistory::kSamples; ++i) history.Add(1);
  EXPECT_EQ(history.Peak(10'000), 1);
}

}  // namespace
}  // namespace ntm::top
