#include "app/log/time_zone.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace ntm {
namespace {

using testing::HasSubstr;

class TimeZoneTest : public testing::Test {
 protected:
  TimeZoneTest() {
    std::string pattern = testing::TempDir() + "ntm-zones-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(folder_ / "Europe");
    std::ofstream(folder_ / "Europe/Rome") << "TZif";
    setenv("TZDIR", folder_.c_str(), 1);
  }
  ~TimeZoneTest() override {
    unsetenv("TZDIR");
    std::filesystem::remove_all(folder_);
  }

  std::filesystem::path folder_;
};

TEST_F(TimeZoneTest, AcceptsTheZonesThatTheCLibraryKnows) {
  EXPECT_EQ(TimeZoneComplaint(nullptr), "");
  for (const char* name :
       {"", ":", "UTC", "UTC0", "Europe/Rome", ":Europe/Rome", "EST5EDT",
        "CET-1CEST,M3.5.0,M10.5.0/3", "<+0330>-3:30", ":/etc/localtime"}) {
    EXPECT_EQ(TimeZoneComplaint(name), "") << name;
  }
  EXPECT_EQ(TimeZoneComplaint((folder_ / "Europe/Rome").c_str()), "");
}

TEST_F(TimeZoneTest, ReportsZonesThatTheCLibraryTreatsAsUtc) {
  for (const char* name : {"Nowhere/City", ":Europe/Roma", "Europe", "CE-1"}) {
    EXPECT_THAT(TimeZoneComplaint(name), HasSubstr(name));
    EXPECT_THAT(TimeZoneComplaint(name), HasSubstr("tzdata")) << name;
  }
}

}  // namespace
}  // namespace ntm
