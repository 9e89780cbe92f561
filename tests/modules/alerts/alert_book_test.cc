#include "modules/alerts/alert_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "modules/alerts/alert_api.h"
#include "modules/alerts/alert_tables.h"
#include "ntm/base/database.h"

namespace ntm::alerts {
namespace {

constexpr int64_t kMs = 1'000'000;

Notice Of(const std::string& subject, int64_t began_ms) {
  Notice notice;
  notice.alert.name = "LinkUtilizationHigh";
  notice.alert.severity = "warning";
  notice.alert.subject = subject;
  notice.alert.message = "It is high.";
  notice.alert.began_ns = began_ms * kMs;
  notice.subject_kind = "interface";
  return notice;
}

TEST(AlertBookTest, AssignsIdsInOrderOfTime) {
  AlertBook book;
  EXPECT_EQ(book.Begin(Of("a", 5000)).alert.id, 5000);
  EXPECT_EQ(book.Begin(Of("b", 5000)).alert.id, 5001);
  EXPECT_EQ(book.Begin(Of("c", 4000)).alert.id,
            5002);  // the clock was set back
}

TEST(AlertBookTest, ListsTheNewestFirst) {
  AlertBook book;
  for (int i = 1; i <= 5; ++i) book.Begin(Of(std::to_string(i), i));
  book.End("LinkUtilizationHigh", "4", 100 * kMs);
  const auto open = book.Newest(true, 2);
  ASSERT_EQ(open.size(), 2U);
  EXPECT_EQ(open[0].alert.subject, "5");
  EXPECT_EQ(open[1].alert.subject, "3");
  EXPECT_EQ(book.Newest(false, 10).size(), 5U);
  EXPECT_EQ(book.Open().size(), 4U);
}

TEST(AlertBookTest, EndsAnOpenAlertOnce) {
  AlertBook book;
  const int64_t id = book.Begin(Of("a", 1)).alert.id;
  EXPECT_FALSE(book.End("LinkUtilizationHigh", "b", 2 * kMs));
  EXPECT_FALSE(book.End("CaptureDown", "a", 2 * kMs));
  EXPECT_TRUE(book.Resolve(id, 2 * kMs)->by_hand);
  EXPECT_FALSE(book.Resolve(id, 3 * kMs));
  EXPECT_FALSE(book.End("LinkUtilizationHigh", "a", 3 * kMs));
  EXPECT_EQ(book.Newest(false, 1)[0].ended_ns, 2 * kMs);
}

TEST(AlertBookTest, ForgetsTheOldestEndedAlerts) {
  AlertBook book;
  book.Begin(Of("still", 1));
  for (int i = 0; i < 1500; ++i) {
    book.Begin(Of("x", 10 + i));
    book.End("LinkUtilizationHigh", "x", 2000 * kMs);
  }
  EXPECT_EQ(book.Newest(false, 5000).size(), AlertBook::kKept);
  EXPECT_EQ(book.Open().size(), 1U);
}

HttpRequest Asking(const std::string& key, const std::string& value) {
  HttpRequest request;
  request.query[key] = value;
  return request;
}

TEST(AlertBookTest, AnswersAsJson) {
  AlertBook book;
  const int64_t id = book.Begin(Of("eth0", 1'700'000'000'000)).alert.id;
  auto json = nlohmann::json::parse(ListAlerts(book, {}).body)["alerts"];
  ASSERT_EQ(json.size(), 1U);
  EXPECT_EQ(json[0]["severity"], "warning");
  EXPECT_EQ(json[0]["title"], "LinkUtilizationHigh: eth0");
  EXPECT_EQ(json[0]["createdAt"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(json[0]["resolved"], false);
  EXPECT_EQ(json[0]["resolvedAt"], nullptr);

  int told = 0;
  HttpRequest request;
  request.segment = std::to_string(id);
  const auto tell = [&told](const Notice&) { ++told; };
  EXPECT_EQ(ResolveAlert(&book, request, 1'700'000'001'000 * kMs, tell).status,
            200);
  EXPECT_EQ(told, 1);
  EXPECT_EQ(nlohmann::json::parse(ListAlerts(book, {}).body)["alerts"].size(),
            0U);
  json = nlohmann::json::parse(
      ListAlerts(book, Asking("unresolved", "false")).body)["alerts"];
  EXPECT_EQ(json[0]["resolvedAt"], "2023-11-14T22:13:21Z");
  // Again: already ended. Another id: unknown.
  EXPECT_EQ(ResolveAlert(&book, request, 0, tell).status, 200);
  EXPECT_EQ(told, 1);
  request.segment = "17";
  EXPECT_EQ(ResolveAlert(&book, request, 0, tell).status, 404);
  request.segment = "x";
  EXPECT_EQ(ResolveAlert(&book, request, 0, tell).status, 400);
}

TEST(AlertBookTest, RefusesInvalidParameters) {
  const AlertBook book;
  for (const char* limit : {"0", "-1", "1001", "x", ""}) {
    EXPECT_EQ(ListAlerts(book, Asking("limit", limit)).status, 400) << limit;
  }
  EXPECT_EQ(ListAlerts(book, Asking("unresolved", "yes")).status, 400);
}

class AlertTablesTest : public testing::Test {
 protected:
  AlertTablesTest() {
    std::string pattern = testing::TempDir() + "ntm-alerts-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    database_ =
        std::make_unique<Database>(folder_ + "/history.db", OpenMode::kWrite);
    AlertTables tables(&book_, [](const std::vector<Notice>&) {});
    for (const std::string& sql : tables.Migrations()) database_->Execute(sql);
  }
  ~AlertTablesTest() override {
    database_.reset();
    std::filesystem::remove_all(folder_);
  }

  void Save() {
    tables_.Save(*database_);
    tables_.OnSaved();
  }

  std::vector<Notice> Load() {
    std::vector<Notice> loaded;
    AlertBook other;
    AlertTables tables(&other, [&loaded](std::vector<Notice> notices) {
      loaded = std::move(notices);
    });
    tables.Load(*database_);
    return loaded;
  }

  std::string folder_;
  std::unique_ptr<Database> database_;
  AlertBook book_;
  AlertTables tables_{&book_, [](const std::vector<Notice>&) {}};
};

TEST_F(AlertTablesTest, RestoresStoredAlerts) {
  book_.Begin(Of("eth0", 1000));
  const int64_t id = book_.Begin(Of("eth1", 2000)).alert.id;
  book_.Resolve(id, 3000 * kMs);
  Save();
  const auto loaded = Load();
  ASSERT_EQ(loaded.size(), 2U);
  EXPECT_TRUE(loaded[0].is_open());
  EXPECT_EQ(loaded[0].alert.subject, "eth0");
  EXPECT_EQ(loaded[0].alert.message, "It is high.");
  EXPECT_EQ(loaded[0].alert.began_ns, 1000 * kMs);
  EXPECT_EQ(loaded[1].ended_ns, 3000 * kMs);
  EXPECT_TRUE(loaded[1].by_hand);
}

TEST_F(AlertTablesTest, WritesOnlyChangedAlerts) {
  book_.Begin(Of("eth0", 1000));
  Save();
  EXPECT_THAT(book_.ToKeep(), testing::IsEmpty());
  tables_.Save(*database_);
  // An alert that ends while a transaction fails is returned again.
  book_.End("LinkUtilizationHigh", "eth0", 2000 * kMs);
  tables_.OnSaved();
  EXPECT_EQ(book_.ToKeep().size(), 1U);
  Save();
  EXPECT_EQ(Load()[0].ended_ns, 2000 * kMs);
}

TEST_F(AlertTablesTest, DeletesAlertsThatEndedLongAgo) {
  constexpr int64_t kDayMs = 86'400'000;
  book_.Begin(Of("open", 1));
  book_.Begin(Of("old", 2));
  book_.End("LinkUtilizationHigh", "old", 3 * kMs);
  book_.Begin(Of("new", 40 * kDayMs));
  book_.End("LinkUtilizationHigh", "new", 40 * kDayMs * kMs + 1);
  Save();
  EXPECT_EQ(tables_.DeleteOld(*database_, 41 * 86'400, 0, 100), 0);
  EXPECT_EQ(tables_.DeleteOld(*database_, 41 * 86'400, 30, 100), 1);
  EXPECT_EQ(Load().size(), 2U);
}

TEST(AlertBookTest, ResumesAlertsFromBeforeARestart) {
  AlertBook book;
  book.Begin(Of("eth0", 9000));
  Notice twin = Of("eth0", 1000);
  twin.alert.id = 1000;
  Notice other = Of("eth1", 2000);
  other.alert.id = 2000;
  Notice unknown = Of("eth2", 3000);
  unknown.alert.id = 3000;
  unknown.alert.name = "Forgotten";
  const auto resumed = book.Add(
      {twin, other, unknown},
      [](const Notice& notice) { return notice.alert.name != "Forgotten"; },
      9999 * kMs);
  ASSERT_EQ(resumed.size(), 1U);
  EXPECT_EQ(resumed[0].alert.subject, "eth1");
  EXPECT_EQ(book.Open().size(), 2U);
  // Again, as when the file is reopened.
  EXPECT_THAT(book.Add(
                  {other}, [](const Notice&) { return true; }, 1),
              testing::IsEmpty());
}

}  // namespace
}  // namespace ntm::alerts
