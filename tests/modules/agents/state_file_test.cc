#include "modules/agents/state_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

namespace ntm::agents {
namespace {

class StateFileTest : public testing::Test {
 protected:
  StateFileTest() {
    std::string pattern = testing::TempDir() + "ntm-state-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~StateFileTest() override { std::filesystem::remove_all(folder_); }

  static std::string Content(const StateFile& file) {
    return file.content().value_or("nothing");
  }

  std::string folder_;
};

TEST_F(StateFileTest, IsLoadedByTheNextProcess) {
  {
    StateFile file("a.json", "things", folder_ + "/made/on/the/way");
    EXPECT_EQ(Content(file), "nothing");
    for (int i = 0; i <= 100; ++i) file.Save("number " + std::to_string(i));
  }
  const StateFile next("a.json", "things", folder_ + "/made/on/the/way");
  EXPECT_EQ(Content(next), "number 100");
}

TEST_F(StateFileTest, LeavesNoTemporaryFileAndIsPrivate) {
  {
    StateFile file("a.json", "things", folder_);
    file.Save("text");
  }
  int others = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
    const std::string name = entry.path().filename();
    others += name != "a.json" && name != "a.json.lock" ? 1 : 0;
  }
  EXPECT_EQ(others, 0);
  struct stat status = {};
  ASSERT_EQ(stat((folder_ + "/a.json").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07U, 0U);
}

TEST_F(StateFileTest, RefusesASecondProcess) {
  {
    StateFile first("a.json", "things", folder_);
    first.Save("first");
    StateFile second("a.json", "things", folder_);
    EXPECT_EQ(Content(second), "nothing");
    second.Save("second");
  }
  EXPECT_EQ(Content(StateFile("a.json", "things", folder_)), "first");
}

TEST_F(StateFileTest, WorksWithoutAStateDirectory) {
  std::ofstream(folder_ + "/file") << "x";
  StateFile file("a.json", "things", folder_ + "/file/below");
  file.Save("text");
  EXPECT_EQ(Content(file), "nothing");
}

TEST_F(StateFileTest, RenamesAFileThatCannotBeRead) {
  std::ofstream(folder_ + "/a.json") << "damaged";
  StateFile file("a.json", "things", folder_);
  EXPECT_EQ(Content(file), "damaged");
  file.SetAside("it is damaged");
  EXPECT_EQ(Content(file), "nothing");
  EXPECT_TRUE(std::filesystem::exists(folder_ + "/a.json.bad"));
  EXPECT_FALSE(std::filesystem::exists(folder_ + "/a.json"));
}

}  // namespace
}  // namespace ntm::agents
