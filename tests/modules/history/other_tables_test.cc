#include "modules/history/other_tables.h"

#include <gtest/gtest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "history_fixture.h"
#include "modules/history/database_path.h"
#include "ntm/module/stored_tables.h"

namespace ntm::history {
namespace {

using test::Ask;

class Notes final : public StoredTables {
 public:
  explicit Notes(std::string name) : name_(std::move(name)) {}

  std::string_view name() const noexcept override { return name_; }
  std::vector<std::string> Migrations() const override { return migrations; }
  void Load(Database& database) override {
    found = Ask(&database, "SELECT count(*) FROM " + name_);
  }
  void Save(Database& database) override {
    for (int i = 0; i < pending; ++i) {
      database.Execute("INSERT INTO " + name_ + " VALUES ('note')");
    }
    if (fails) throw std::runtime_error("no idea how to write this");
  }
  void OnSaved() override { pending = 0; }
  int64_t DeleteOld(Database& database, int64_t /*now_s*/, int64_t /*days*/,
                    int64_t limit) override {
    Statement remove(database, "DELETE FROM " + name_ +
                                   " WHERE rowid IN (SELECT rowid FROM " +
                                   name_ + " LIMIT ?)");
    remove.Run(limit);
    return database.changes();
  }

  std::vector<std::string> migrations;
  std::string found;
  int pending = 0;
  bool fails = false;

 private:
  std::string name_;
};

struct OtherTablesTest : ::testing::Test {
  OtherTablesTest() {
    first.migrations = {"CREATE TABLE first (text TEXT)"};
    second.migrations = {"CREATE TABLE second (text TEXT)"};
  }
  void Save() {
    Transaction transaction(*database);
    others.Save(database.get());
    transaction.Commit();
    others.OnSaved();
  }
  std::string CountOf(const std::string& table) {
    return Ask(database.get(), "SELECT count(*) FROM " + table);
  }

  test::Folder folder;
  std::unique_ptr<Database> database = OpenOwned(folder / "history.db");
  Notes first{"first"};
  Notes second{"second"};
  OtherTables others{{&first, &second}};
};

TEST_F(OtherTablesTest, RowsAreThereAfterARestart) {
  others.Open(database.get());
  first.pending = 3;
  Save();
  EXPECT_EQ(first.pending, 0);
  others.Open(database.get());
  EXPECT_EQ(first.found, "3");
}

TEST_F(OtherTablesTest, AFailingModuleLosesOnlyItsOwnRows) {
  others.Open(database.get());
  first.pending = 2;
  first.fails = true;
  second.pending = 1;
  Save();
  EXPECT_EQ(CountOf("first"), "0");
  EXPECT_EQ(first.pending, 2);
  EXPECT_EQ(CountOf("second"), "1");
}

TEST_F(OtherTablesTest, AMigrationRunsOnceFromTheVersionOfTheFile) {
  others.Open(database.get());
  first.migrations.emplace_back("ALTER TABLE first ADD COLUMN more TEXT");
  others.Open(database.get());
  others.Open(database.get());
  EXPECT_EQ(
      Ask(database.get(), "SELECT count(*) FROM pragma_table_info('first')"),
      "2");
}

TEST_F(OtherTablesTest, TablesOfANewerVersionAreUnchanged) {
  first.migrations.emplace_back("ALTER TABLE first ADD COLUMN more TEXT");
  others.Open(database.get());
  first.migrations.pop_back();
  others.Open(database.get());
  first.pending = 1;
  second.pending = 1;
  Save();
  EXPECT_EQ(CountOf("first"), "0");
  EXPECT_EQ(CountOf("second"), "1");
}

TEST_F(OtherTablesTest, AFullDatabaseFailsTheWholeTransaction) {
  others.Open(database.get());
  database->Execute("PRAGMA max_page_count = 1");
  first.pending = 100'000;
  EXPECT_THROW(Save(), DatabaseError);
  EXPECT_EQ(first.pending, 100'000);
}

TEST_F(OtherTablesTest, DeletesOneModulesRowsAfterTheOthers) {
  others.Open(database.get());
  first.pending = 3;
  second.pending = 1;
  Save();
  EXPECT_EQ(others.DeleteOld(0, 30, 2, database.get()), 2);
  EXPECT_EQ(CountOf("first"), "1");
  EXPECT_EQ(CountOf("second"), "1");
  EXPECT_EQ(others.DeleteOld(0, 30, 2, database.get()), 1);
  EXPECT_EQ(CountOf("first"), "0");
  EXPECT_EQ(others.DeleteOld(0, 30, 2, database.get()), 1);
  EXPECT_EQ(CountOf("second"), "0");
  EXPECT_EQ(others.DeleteOld(0, 30, 2, database.get()), 0);
  first.pending = 1;
  Save();
  EXPECT_EQ(others.DeleteOld(0, 30, 2, database.get()), 1) << "it starts over";
}

}  // namespace
}  // namespace ntm::history
