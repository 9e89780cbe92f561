#include "app/log/log_file.h"

#include <gtest/gtest.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include "ntm/base/error.h"

namespace ntm {
namespace {

// A temporary folder, and a logger that writes lines of 10 bytes to "log" in
// it.
class LogFileTest : public testing::Test {
 protected:
  LogFileTest() {
    std::string name = testing::TempDir() + "ntm-log-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~LogFileTest() override { std::filesystem::remove_all(folder_); }

  void Open(uint64_t max_bytes, uint32_t backup_count) {
    logger_ = std::make_unique<spdlog::logger>(
        "test", MakeLogFile({Path("log"), max_bytes, backup_count}));
    logger_->set_pattern("%v");
  }

  void Write(int first, int last) {
    for (int i = first; i <= last; ++i) logger_->info("line {:04}", i);
  }

  std::string Path(const std::string& name) const { return folder_ / name; }

  std::string Text(const std::string& name) const {
    std::ifstream file(Path(name));
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::set<std::string> Files() const {
    std::set<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
      names.insert(entry.path().filename());
    }
    return names;
  }

  std::filesystem::path folder_;
  std::unique_ptr<spdlog::logger> logger_;
};

TEST_F(LogFileTest, RotatesALongFileAndDeletesTheOldest) {
  Open(25, 2);
  Write(1, 2);
  EXPECT_EQ(Files(), std::set<std::string>({"log"}));
  Write(3, 7);
  EXPECT_EQ(Text("log"), "line 0007\n");
  EXPECT_EQ(Text("log.1"), "line 0005\nline 0006\n");
  EXPECT_EQ(Text("log.2"), "line 0003\nline 0004\n");
  EXPECT_EQ(Files(), std::set<std::string>({"log", "log.1", "log.2"}));
}

TEST_F(LogFileTest, FillsAFileUpToItsLimit) {
  Open(20, 2);
  Write(1, 2);
  EXPECT_EQ(Files(), std::set<std::string>({"log"}));
}

TEST_F(LogFileTest, WritesALineLongerThanTheLimit) {
  Open(5, 1);
  Write(1, 2);
  EXPECT_EQ(Text("log"), "line 0002\n");
  EXPECT_EQ(Text("log.1"), "line 0001\n");
}

TEST_F(LogFileTest, DoesNotRotateWithoutBackups) {
  Open(25, 0);
  Write(1, 9);
  EXPECT_EQ(Text("log").size(), 90U);
  EXPECT_EQ(Files(), std::set<std::string>({"log"}));
}

TEST_F(LogFileTest, AppendsAfterARestart) {
  Open(25, 2);
  Write(1, 2);
  Open(25, 2);
  Write(3, 3);
  EXPECT_EQ(Text("log"), "line 0003\n");
  EXPECT_EQ(Text("log.1"), "line 0001\nline 0002\n");
}

TEST_F(LogFileTest, CreatesTheFolderForTheOwnerOnly) {
  LogFile file;
  file.path = Path("a/b/log");
  MakeLogFile(file);
  struct stat status {};
  ASSERT_EQ(stat(file.path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07U, 0U);
}

TEST_F(LogFileTest, RefusesAPathThatIsNotWritable) {
  std::ofstream(Path("file")) << "in the way";
  LogFile file;
  file.path = Path("file/log");
  EXPECT_THROW(MakeLogFile(file), Error);
}

}  // namespace
}  // namespace ntm
