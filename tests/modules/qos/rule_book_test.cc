#include "modules/qos/rule_book.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <stdexcept>
#include <string>

namespace ntm::qos {
namespace {

const Rule kGame{1, 20, 2, 34};

// A database as opened by the history module.
class RuleBookTest : public testing::Test {
 protected:
  RuleBookTest()
      : path_(testing::TempDir() + "rules" + std::to_string(getpid()) + ".db") {
    Remove();
    Database database(path_, OpenMode::kWrite);
    for (const std::string& sql : RuleBook().Migrations()) {
      database.Execute(sql);
    }
  }
  ~RuleBookTest() override { Remove(); }

  void Remove() {
    for (const char* end : {"", "-wal", "-shm"}) {
      std::filesystem::remove(path_ + end);
    }
  }

  void Save(RuleBook* book) {
    Database database(path_, OpenMode::kWrite);
    book->Save(database);
    book->OnSaved();
  }

  void Load(RuleBook* book) {
    Database database(path_, OpenMode::kWrite);
    book->Load(database);
  }

  int64_t Count(const std::string& what) {
    Database database(path_, OpenMode::kWrite);
    Statement count(database, "SELECT " + what + " FROM qos_rules");
    count.Bind();
    return count.Step() ? count.Integer(0) : -1;
  }

  std::string path_;
};

TEST_F(RuleBookTest, StartsWithTheDefaultRules) {
  EXPECT_EQ(RuleBook().All(), DefaultRules());
}

TEST_F(RuleBookTest, KeepsRulesAcrossARestart) {
  RuleBook before;
  before.Set("game", kGame);
  before.Set("voice", {1, 2, 3, 40});
  Save(&before);
  RuleBook after;
  Load(&after);
  EXPECT_EQ(after.All(), before.All());
}

TEST_F(RuleBookTest, WritesTheDefaultRulesToANewFileOnce) {
  RuleBook book;
  Load(&book);
  Save(&book);
  EXPECT_EQ(Count("COUNT(*)"), 4);
  EXPECT_EQ(Count("COUNT(*)"), 4);
  EXPECT_EQ(Count("SUM(priority)"), 7);
  EXPECT_EQ(Count("SUM(enabled)"), 4);
}

TEST_F(RuleBookTest, OptionOverridesTheDatabase) {
  RuleBook before;
  before.Set("game", kGame);
  Save(&before);
  RuleBook after;
  after.SetFixed({{"game", {3, 4, 0, 0}}});
  Load(&after);
  EXPECT_EQ(after.All().at("game"), (Rule{3, 4, 0, 0}));
  Save(&after);
  EXPECT_EQ(Count("COUNT(*) FILTER (WHERE minBandwidth = 3)"), 1);
}

TEST_F(RuleBookTest, IgnoresInvalidAndDisabledRules) {
  RuleBook before;
  before.Set("game", kGame);
  before.Set("film", kGame);
  Save(&before);
  {
    Database database(path_, OpenMode::kWrite);
    database.Execute(
        "UPDATE qos_rules SET priority = 9 WHERE trafficType = 'game';"
        "UPDATE qos_rules SET enabled = 0 WHERE trafficType = 'film'");
  }
  RuleBook after;
  Load(&after);
  EXPECT_EQ(after.All(), DefaultRules());
}

TEST_F(RuleBookTest, WritesChangesMadeDuringASave) {
  RuleBook book;
  book.Set("game", kGame);
  {
    Database database(path_, OpenMode::kWrite);
    book.Save(database);
    book.Set("game", {3, 4, 0, 0});
    book.OnSaved();
  }
  Save(&book);
  EXPECT_EQ(Count("COUNT(*) FILTER (WHERE minBandwidth = 3)"), 1);
}

TEST_F(RuleBookTest, ChangesNothingForAnInvalidRule) {
  RuleBook book;
  EXPECT_THROW(book.Set("video", {2, 1, 0, 0}), std::invalid_argument);
  EXPECT_EQ(book.All(), DefaultRules());
}

TEST_F(RuleBookTest, CountsChanges) {
  RuleBook book;
  const uint64_t version = book.version();
  book.Set("game", kGame);
  EXPECT_NE(book.version(), version);
}

}  // namespace
}  // namespace ntm::qos
