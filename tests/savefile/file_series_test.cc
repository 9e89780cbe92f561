// Which file comes next, for the ways in which writers rotate files.
#include "ntm/savefile/file_series.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "ntm/base/error.h"

namespace ntm {
namespace {

namespace fs = std::filesystem;

class FileSeriesTest : public testing::Test {
 protected:
  FileSeriesTest() {
    std::string name = testing::TempDir() + "series-XXXXXX";
    folder_ = mkdtemp(name.data());
  }
  ~FileSeriesTest() override {
    std::error_code none;
    fs::remove_all(folder_, none);
  }

  std::string In(const std::string& name) const { return folder_ + "/" + name; }
  // Writes a file that was changed at that second.
  void Write(const std::string& name, time_t second,
             const std::string& contents = "x") const {
    std::ofstream(In(name)) << contents;
    const timespec times[2] = {{second, 0}, {second, 0}};
    utimensat(AT_FDCWD, In(name).c_str(), times, 0);
  }
  std::string Next(FileSeries* series) const {
    const auto file = series->Next();
    return file ? fs::path(file->path()).filename().string() : "";
  }

  std::string folder_;
};

TEST_F(FileSeriesTest, ReadsTheFilesOfAPatternInTheOrderOfTheirTimes) {
  Write("cap_00002_20261130.pcapng", 20);
  Write("cap_00010_20261130.pcapng", 30);
  Write("cap_00001_20261130.pcapng", 10);
  Write("other.pcapng", 5);
  FileSeries series(In("cap_*.pcapng"));
  EXPECT_EQ(Next(&series), "cap_00001_20261130.pcapng");
  EXPECT_TRUE(series.HasNext(1));
  EXPECT_EQ(Next(&series), "cap_00002_20261130.pcapng");
  EXPECT_EQ(Next(&series), "cap_00010_20261130.pcapng");
  EXPECT_FALSE(series.HasNext(1));
  EXPECT_EQ(Next(&series), "");
  Write("cap_00011_20261130.pcapng", 40);
  EXPECT_TRUE(series.HasNext(1));
  EXPECT_EQ(Next(&series), "cap_00011_20261130.pcapng");
}

TEST_F(FileSeriesTest, CountsUpBetweenFilesOfTheSameTime) {
  Write("f10", 10);
  Write("f9", 10);
  Write("f", 10);
  FileSeries series(In("f*"));
  EXPECT_EQ(Next(&series), "f");
  EXPECT_EQ(Next(&series), "f9");
  EXPECT_EQ(Next(&series), "f10");
  EXPECT_EQ(Next(&series), "");
}

TEST_F(FileSeriesTest, ComesBackToTheFirstNameOfARing) {
  Write("f0", 10);
  Write("f1", 20);
  FileSeries series(In("f*"));
  EXPECT_EQ(Next(&series), "f0");
  EXPECT_EQ(Next(&series), "f1");
  EXPECT_FALSE(series.HasNext(1));
  Write("f0", 30);
  EXPECT_TRUE(series.HasNext(1));
  EXPECT_EQ(Next(&series), "f0");
  EXPECT_EQ(Next(&series), "");
}

TEST_F(FileSeriesTest, TakesANewFileOfTheSameName) {
  Write("f", 10);
  FileSeries series(In("f"));
  EXPECT_EQ(Next(&series), "f");
  fs::rename(In("f"), In("f.1"));
  EXPECT_FALSE(series.HasNext(1));
  Write("f", 20, "new");
  EXPECT_TRUE(series.HasNext(1));
  EXPECT_EQ(Next(&series), "f");
  EXPECT_FALSE(series.HasNext(3));
}

TEST_F(FileSeriesTest, BeginsAFileAnewThatHasBecomeShorter) {
  Write("f", 10, "long contents");
  FileSeries series(In("f"));
  EXPECT_EQ(Next(&series), "f");
  EXPECT_FALSE(series.HasNext(13));
  Write("f", 20, "short");
  EXPECT_TRUE(series.HasNext(13));
  EXPECT_EQ(Next(&series), "f");
  EXPECT_FALSE(series.HasNext(5));
}

TEST_F(FileSeriesTest, PassesOverPackedCopiesOfWhatIsRead) {
  Write("f1", 10);
  FileSeries series(In("f*"));
  EXPECT_EQ(Next(&series), "f1");
  Write("f1.gz", 10);
  EXPECT_FALSE(series.HasNext(1));
  Write("f2", 20);
  EXPECT_EQ(Next(&series), "f2");
}

TEST_F(FileSeriesTest, OpensNoLinksAndNoPipes) {
  Write("secret", 10);
  fs::create_symlink(In("secret"), In("f1"));
  ASSERT_EQ(mkfifo(In("f2").c_str(), 0666), 0);
  FileSeries series(In("f*"));
  EXPECT_EQ(Next(&series), "");
}

TEST_F(FileSeriesTest, PassesOverAFileThatCannotBeOpened) {
  Write("f", 10);
  FileSeries series(In("f"));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  EXPECT_THROW(series.Next(), Error);
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(Next(&series), "");
  Write("f.new", 20);
  fs::rename(In("f.new"), In("f"));
  EXPECT_EQ(Next(&series), "f");
}

TEST_F(FileSeriesTest, TakesAPathWithThePatternsCharactersAsItIs) {
  Write("f[1]", 10);
  FileSeries series(In("f[1]"));
  EXPECT_EQ(Next(&series), "f[1]");
  FileSeries missing(In("nothing"));
  EXPECT_EQ(Next(&missing), "");
}

TEST(FileSeriesFolderTest, EndsBeforeThePattern) {
  EXPECT_EQ(FileSeries::FolderOf("/var/cap/f*"), "/var/cap");
  EXPECT_EQ(FileSeries::FolderOf("/var/*/f1"), "/var");
  EXPECT_EQ(FileSeries::FolderOf("/f1"), "/");
  EXPECT_EQ(FileSeries::FolderOf("f?"), ".");
}

}  // namespace
}  // namespace ntm
