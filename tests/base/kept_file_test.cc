#include "ntm/base/kept_file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace ntm {
namespace {

constexpr uid_t kOther = 61111;

mode_t ModeOf(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}

uid_t OwnerOf(const std::string& path) {
  struct stat status = {};
  return stat(path.c_str(), &status) == 0 ? status.st_uid : ~uid_t{0};
}

class KeptFileTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string name = ::testing::TempDir() + "/ntm-kept-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder_ = name;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return folder_ / name;
  }

  // A folder of another user; only root can create one.
  std::string ForeignFolder() {
    const std::string path = folder_ / "foreign";
    std::filesystem::create_directory(path);
    if (geteuid() != 0) {
      chmod(path.c_str(), 0777);
      return path;
    }
    EXPECT_EQ(chown(path.c_str(), kOther, kOther), 0);
    return path;
  }

  // The errno of opening `path`; 0 if it succeeds.
  static int Opened(const std::string& path, int flags = O_RDWR) {
    const int file = KeptPlace(path).Open(flags);
    if (file < 0) return errno;
    close(file);
    return 0;
  }

  std::filesystem::path folder_;
};

TEST_F(KeptFileTest, CreatesFilesAndFoldersForTheOwnerOnly) {
  const std::string path = folder_ / "a/b/file";
  EXPECT_TRUE(KeptPlace(path).MakeFolder());
  EXPECT_EQ(Opened(path, O_RDWR | O_CREAT), 0);
  EXPECT_EQ(ModeOf(path), 0600U);
  EXPECT_EQ(ModeOf(folder_ / "a"), 0700U);
  EXPECT_EQ(ModeOf(folder_ / "a/b"), 0700U);
}

TEST_F(KeptFileTest, FollowsALinkInAFolderOfItsOwnUser) {
  const std::string target = Write("target", "x");
  ASSERT_EQ(symlink(target.c_str(), (folder_ / "link").c_str()), 0);
  EXPECT_TRUE(KeptPlace(folder_ / "link").follows_links());
  EXPECT_EQ(Opened(folder_ / "link"), 0);
}

TEST_F(KeptFileTest, FollowsNoLinkInAFolderThatOthersCanWrite) {
  const std::string target = Write("secret", "x");
  const std::string foreign = ForeignFolder();
  ASSERT_EQ(symlink(target.c_str(), (foreign + "/link").c_str()), 0);
  EXPECT_FALSE(KeptPlace(foreign + "/link").follows_links());
  EXPECT_EQ(Opened(foreign + "/link"), ELOOP);
  EXPECT_FALSE(KeptPlace(foreign + "/link").IsFit());
}

TEST_F(KeptFileTest, CreatesNothingBelowAFolderLinkOfOthers) {
  std::filesystem::create_directory(folder_ / "roots");
  const std::string foreign = ForeignFolder();
  ASSERT_EQ(symlink((folder_ / "roots").c_str(), (foreign + "/state").c_str()),
            0);
  const std::string path = foreign + "/state/file";
  EXPECT_FALSE(KeptPlace(path).follows_links());
  EXPECT_FALSE(KeptPlace(path).is_certain());
  if (geteuid() != 0) GTEST_SKIP() << "only root can act as another user";
  EXPECT_EQ(Opened(path, O_RDWR | O_CREAT), EACCES);
  EXPECT_FALSE(FileExists(folder_ / "roots/file"));
}

TEST_F(KeptFileTest, RefusesAFileWithTwoHardLinks) {
  const std::string target = Write("secret", "x");
  const std::string foreign = ForeignFolder();
  ASSERT_EQ(link(target.c_str(), (foreign + "/link").c_str()), 0);
  chmod(target.c_str(), 0666);
  EXPECT_EQ(Opened(foreign + "/link"), EMLINK);
}

TEST_F(KeptFileTest, DoesNotBlockOnAPipe) {
  const std::string foreign = ForeignFolder();
  ASSERT_EQ(mkfifo((foreign + "/pipe").c_str(), 0666), 0);
  EXPECT_EQ(Opened(foreign + "/pipe", O_RDONLY), EINVAL);
}

TEST_F(KeptFileTest, ActsAsTheFoldersOwner) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can act as another user";
  const std::string secret = Write("secret", "x");
  chmod(secret.c_str(), 0600);
  // That user need not have access to the folders above.
  chmod(folder_.c_str(), 0700);
  const std::string foreign = ForeignFolder();
  EXPECT_EQ(Opened(foreign + "/file", O_RDWR | O_CREAT), 0);
  EXPECT_EQ(OwnerOf(foreign + "/file"), kOther);
  // Afterwards root has its own identity again.
  EXPECT_EQ(Opened(secret), 0);
  Write("new", "x");
  EXPECT_EQ(OwnerOf(folder_ / "new"), 0U);
}

TEST_F(KeptFileTest, RefusesAFileThatTheFolderOwnerMayNotWrite) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can act as another user";
  const std::string foreign = ForeignFolder();
  std::ofstream(foreign + "/roots") << "x";
  chmod((foreign + "/roots").c_str(), 0600);
  EXPECT_EQ(Opened(foreign + "/roots"), EACCES);
}

TEST(FolderOfFileTest, IsAbsolute) {
  EXPECT_EQ(FolderOfFile("/a/b"), "/a");
  EXPECT_EQ(FolderOfFile("x"), std::filesystem::current_path());
}

}  // namespace
}  // namespace ntm
