#include "modules/names/name_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <string>

#include "modules/names/hosts_file.h"
#include "modules/names/lease_file.h"
#include "ntm/base/error.h"

namespace ntm::names {
namespace {

using testing::HasSubstr;
using Found = std::map<std::string, std::string>;

Found Texts(const FoundNames& names) {
  Found texts;
  for (const auto& [address, name] : names) texts[ToString(address)] = name;
  return texts;
}

TEST(HostsFileTest, UsesTheFirstNameOfEachAddress) {
  EXPECT_EQ(Texts(ParseHosts("# comment\n"
                             "127.0.0.1\tlocalhost loopback\n"
                             "::1 localhost ip6-localhost\r\n"
                             "  192.168.0.10   desk desk.lan # mine\n"
                             "192.168.0.10 later\n"
                             "192.168.0.11 # no name\n"
                             "0.0.0.0 ads.example\n:: ads.example\n"
                             "nonsense here\n192.168.0.999 x\n\n"
                             "fd00::5 nas")),
            (Found{{"127.0.0.1", "localhost"},
                   {"::1", "localhost"},
                   {"192.168.0.10", "desk"},
                   {"fd00::5", "nas"}}));
  EXPECT_EQ(Texts(ParseHosts("")), Found());
}

constexpr int64_t kNow = 1'700'000'000;  // 2023/11/14 22:13:20 UTC

TEST(LeaseFileTest, ReadsDnsmasq) {
  EXPECT_EQ(
      Texts(ParseLeases("1700000001 02:00:00:00:00:01 192.168.0.1 phone *\n"
                        "1700000000 02:00:00:00:00:02 192.168.0.2 over *\n"
                        "0 02:00:00:00:00:03 192.168.0.3 forever 01:02\n"
                        "0 02:00:00:00:00:04 192.168.0.4 * 01:02\n"
                        "0 02:00:00:00:00:05 192.168.0.5\n"
                        "lease 192.168.0.6 {\n"
                        "duid 00:01:00:01\n"
                        "1700000001 1234 fd00::7 nas 00:01\n",
                        kNow)),
      (Found{{"192.168.0.1", "phone"},
             {"192.168.0.3", "forever"},
             {"fd00::7", "nas"}}));
}

TEST(LeaseFileTest, DetectsDnsmasqByItsFirstLine) {
  EXPECT_EQ(Texts(ParseLeases("0 02:00:00:00:00:04 192.168.0.4 * *\n"
                              "lease 192.168.0.6 {\n"
                              "0 02:00:00:00:00:03 192.168.0.3 tv *\n",
                              kNow)),
            (Found{{"192.168.0.3", "tv"}}));
}

std::string IscLease(const std::string& address, const std::string& name,
                     const std::string& ends,
                     const std::string& state = "active") {
  return "lease " + address + " {\n  starts 2 2023/11/14 20:00:00;\n  ends " +
         ends + ";\n  binding state " + state +
         ";\n  next binding state free;\n"
         "  hardware ethernet 02:00:00:00:00:01;\n  client-hostname \"" +
         name + "\";\n}\n";
}

TEST(LeaseFileTest, ReadsIscDhcpd) {
  EXPECT_EQ(
      Texts(ParseLeases(
          "# The format of this file is documented in dhcpd.leases(5)\n"
          "authoring-byte-order little-endian;\n\n" +
              IscLease("192.168.0.1", "phone", "2 2023/11/14 22:13:21") +
              IscLease("192.168.0.2", "over", "2 2023/11/14 22:13:20") +
              IscLease("192.168.0.3", "tv", "never") +
              IscLease("192.168.0.4", "stamp", "epoch 1700000001") +
              IscLease("192.168.0.5", "gone", "never", "free") +
              IscLease("192.168.0.6", "old", "never") +
              IscLease("192.168.0.6", "new", "never") +
              IscLease("192.168.0.7", "left", "never") +
              IscLease("192.168.0.7", "left", "never", "released") +
              IscLease("192.168.0.8", "odd", "some day") +
              "lease nonsense {\n}\nlease 192.168.0.9 {\n  client-hostname "
              "\"cut\";\n",
          kNow)),
      (Found{{"192.168.0.1", "phone"},
             {"192.168.0.3", "tv"},
             {"192.168.0.4", "stamp"},
             {"192.168.0.6", "new"}}));
}

TEST(LeaseFileTest, FindsNothingInOtherFiles) {
  for (const std::string& text :
       {std::string(), std::string("\n\n"), std::string("#\n"),
        std::string("root:x:0:0::/root:/bin/sh\n"), std::string(100, '\0'),
        std::string("}\n}\n"), std::string("lease\nlease {\nends\n")}) {
    EXPECT_EQ(Texts(ParseLeases(text, kNow)), Found());
  }
}

class NameFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern =
        (std::filesystem::temp_directory_path() / "ntm-names-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string Write(const std::string& name, const std::string& text) {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  std::string NameOf(const std::string& address) const {
    const auto names = table_.Names();
    const HostName* host = names->Find(ParseAddress(address).value());
    return host == nullptr
               ? ""
               : host->name + " " + std::string(SourceName(host->source));
  }

  std::filesystem::path folder_;
  NameRules rules_{false};
  NameTable table_;
};

TEST_F(NameFilesTest, ReadsAllFilesAtOnce) {
  const NameFiles files(
      Write("hosts", "10.0.0.1 desk\n10.0.0.9 bad\"name\n"),
      {Write("a", "0 02:00:00:00:00:01 10.0.0.1 phone *\n"),
       Write("b", "0 02:00:00:00:00:01 10.0.0.2 printer *\n")},
      &rules_, &table_);
  EXPECT_EQ(NameOf("10.0.0.1"), "desk static");
  EXPECT_EQ(NameOf("10.0.0.2"), "printer dhcp");
  EXPECT_EQ(NameOf("10.0.0.9"), "");
  EXPECT_EQ(rules_.refused(NameFault::kBadCharacter), 1U);
}

TEST_F(NameFilesTest, ReadsAFileAgainWhenItHasChanged) {
  const std::string leases =
      Write("leases", "0 02:00:00:00:00:01 10.0.0.1 phone *\n");
  NameFiles files((folder_ / "none").string(), {leases}, &rules_, &table_);
  const auto before = table_.Names();
  files.Refresh();
  EXPECT_EQ(table_.Names(), before);
  Write("leases", "0 02:00:00:00:00:01 10.0.0.2 television *\n");
  files.Refresh();
  EXPECT_EQ(NameOf("10.0.0.1"), "");
  EXPECT_EQ(NameOf("10.0.0.2"), "television dhcp");
}

TEST_F(NameFilesTest, KeepsTheNamesOfADeletedFile) {
  const std::string leases =
      Write("leases", "0 02:00:00:00:00:01 10.0.0.1 phone *\n");
  NameFiles files(Write("hosts", "10.0.0.3 nas\n"), {leases}, &rules_, &table_);
  std::filesystem::remove(leases);
  files.Refresh();
  EXPECT_EQ(NameOf("10.0.0.1"), "phone dhcp");
  EXPECT_EQ(NameOf("10.0.0.3"), "nas static");
  Write("leases", "0 02:00:00:00:00:01 10.0.0.1 tablet *\n");
  files.Refresh();
  EXPECT_EQ(NameOf("10.0.0.1"), "tablet dhcp");
}

TEST_F(NameFilesTest, RefusesToStartWithoutALeaseFile) {
  const std::string missing = (folder_ / "none").string();
  try {
    const NameFiles files("/dev/null", {missing}, &rules_, &table_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_THAT(error.what(), HasSubstr(missing));
  }
}

}  // namespace
}  // namespace ntm::names
