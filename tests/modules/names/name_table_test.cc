#include "modules/names/name_table.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

namespace ntm::names {
namespace {

using std::chrono::seconds;

Address Parsed(const std::string& text) { return ParseAddress(text).value(); }
Address Remote(unsigned number) {
  return Parsed("198.51." + std::to_string(100 + number / 256) + "." +
                std::to_string(number % 256));
}

class NameTableTest : public testing::Test {
 protected:
  std::string NameOf(const Address& address) const {
    const auto names = table_.Names();
    const HostName* host = names->Find(address);
    return host == nullptr
               ? ""
               : host->name + " " + std::string(SourceName(host->source));
  }

  const Address host_ = Parsed("198.51.100.7");
  NameTable table_{8};
};

TEST_F(NameTableTest, TellsTheNameOfTheMostTrustedSource) {
  table_.LearnSeen(host_, "seen.example", 600, seconds(1));
  EXPECT_EQ(NameOf(host_), "seen.example dns");
  table_.Need({host_}, seconds(1));
  ASSERT_EQ(table_.NextQuestion(), host_);
  table_.LearnPtr(host_, "ptr.example", 600, seconds(1));
  EXPECT_EQ(NameOf(host_), "ptr.example ptr");
  table_.Replace(NameSource::kDhcp, {{host_, "lease"}});
  EXPECT_EQ(NameOf(host_), "lease dhcp");
  table_.Replace(NameSource::kStatic, {{host_, "desk"}});
  EXPECT_EQ(NameOf(host_), "desk static");
  table_.Replace(NameSource::kStatic, {});
  table_.Replace(NameSource::kDhcp, {});
  EXPECT_EQ(NameOf(host_), "ptr.example ptr");
}

TEST_F(NameTableTest, AsksOnceAboutEachAddressThatIsNeeded) {
  table_.Need({Remote(1), Remote(2)}, seconds(1));
  table_.Need({Remote(1), Remote(2)}, seconds(2));
  EXPECT_EQ(table_.NextQuestion(), Remote(1));
  EXPECT_EQ(table_.NextQuestion(), Remote(2));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
  table_.Need({Remote(1), Remote(2)}, seconds(3));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, AsksAboutLocalAddressesFirst) {
  table_.Need({Remote(1), Remote(2), Parsed("10.0.0.1")}, seconds(1));
  EXPECT_EQ(table_.NextQuestion(), Parsed("10.0.0.1"));
  EXPECT_EQ(table_.NextQuestion(), Remote(1));
}

TEST_F(NameTableTest, AsksNotAboutAddressesThatAFileNames) {
  table_.Replace(NameSource::kDhcp, {{Remote(1), "phone"}});
  table_.Need({Remote(1)}, seconds(1));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, AsksNotAboutAddressesThatAreGoneByThen) {
  table_.Need({Remote(1), Remote(2)}, seconds(1));
  table_.Need({Remote(2)}, seconds(2));
  EXPECT_EQ(table_.NextQuestion(), Remote(2));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
  table_.Need({Remote(1)}, seconds(3));
  EXPECT_EQ(table_.NextQuestion(), Remote(1));
}

struct TtlCase {
  uint32_t ttl_seconds;
  seconds asked_again_after;
};

TEST_F(NameTableTest, AsksAgainWhenTheTtlIsOver) {
  for (const TtlCase& c :
       {TtlCase{0, NameTable::kMinTtl}, TtlCase{3600, seconds(3600)},
        TtlCase{UINT32_MAX, NameTable::kMaxTtl}}) {
    NameTable table(8);
    table.Need({host_}, seconds(10));
    table.NextQuestion();
    table.LearnPtr(host_, "ptr.example", c.ttl_seconds, seconds(10));
    table.Need({host_}, seconds(9) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), std::nullopt) << c.ttl_seconds;
    table.Need({host_}, seconds(10) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), host_) << c.ttl_seconds;
    EXPECT_EQ(table.Names()->Find(host_)->name, "ptr.example")
        << "until the new answer comes";
  }
}

TEST_F(NameTableTest, RemembersAnAbsenceForItsTtl) {
  for (const TtlCase& c :
       {TtlCase{0, NameTable::kMinAbsence}, TtlCase{900, seconds(900)},
        TtlCase{UINT32_MAX, NameTable::kMaxAbsence}}) {
    NameTable table(8);
    table.Need({host_}, seconds(10));
    table.NextQuestion();
    table.LearnAbsence(host_, c.ttl_seconds, seconds(10));
    table.Need({host_}, seconds(9) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), std::nullopt) << c.ttl_seconds;
    table.Need({host_}, seconds(10) + c.asked_again_after);
    EXPECT_EQ(table.NextQuestion(), host_) << c.ttl_seconds;
  }
}

TEST_F(NameTableTest, AbsenceTakesTheOldNameAndFailureKeepsIt) {
  table_.Need({host_}, seconds(1));
  table_.NextQuestion();
  table_.LearnPtr(host_, "ptr.example", 600, seconds(1));
  table_.LearnFailure(host_, seconds(700));
  EXPECT_EQ(NameOf(host_), "ptr.example ptr");
  table_.Need({host_}, seconds(759));
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
  table_.Need({host_}, seconds(760));
  EXPECT_EQ(table_.NextQuestion(), host_);
  table_.LearnAbsence(host_, 600, seconds(760));
  EXPECT_EQ(NameOf(host_), "");
}

TEST_F(NameTableTest, KeepsASeenNameAgainstOthersForItsTtl) {
  table_.LearnSeen(host_, "first.example", 600, seconds(1));
  table_.LearnSeen(host_, "second.example", 600, seconds(600));
  EXPECT_EQ(NameOf(host_), "first.example dns");
  table_.LearnSeen(host_, "second.example", 600, seconds(601));
  EXPECT_EQ(NameOf(host_), "second.example dns");
}

TEST_F(NameTableTest, KeepsASeenNameWhileItsAddressIsNeeded) {
  table_.LearnSeen(host_, "seen.example", 300, seconds(1));
  for (int time = 1; time < 2000; time += 100) {
    table_.Need({host_}, seconds(time));
    EXPECT_EQ(NameOf(host_), "seen.example dns");
  }
  table_.Need({}, seconds(2001));
  table_.Need({host_}, seconds(2002));
  EXPECT_EQ(NameOf(host_), "");
}

TEST_F(NameTableTest, HasNeverMoreLinesThanItsCapacity) {
  for (unsigned i = 0; i < 100; ++i) {
    table_.LearnSeen(Remote(i), "a.example", 600, seconds(1));
    EXPECT_LE(table_.size(), 8U);
  }
  EXPECT_EQ(NameOf(Remote(99)), "a.example dns");
  EXPECT_EQ(NameOf(Remote(92)), "a.example dns");
  EXPECT_EQ(NameOf(Remote(91)), "");
}

TEST_F(NameTableTest, DropsTheLeastRecentlyNeededLine) {
  for (unsigned i = 0; i < 8; ++i) {
    table_.Need({Remote(i)}, seconds(1));
    table_.NextQuestion();
    table_.LearnPtr(Remote(i), "a.example", 600, seconds(1));
  }
  table_.Need({Remote(0)}, seconds(2));
  table_.Need({Remote(8)}, seconds(3));
  EXPECT_EQ(NameOf(Remote(0)), "a.example ptr");
  EXPECT_EQ(NameOf(Remote(1)), "");
  EXPECT_EQ(table_.size(), 8U);
}

TEST_F(NameTableTest, DropsNoLineThatTheLatestSnapshotNeeds) {
  std::vector<Address> all;
  for (unsigned i = 0; i < 8; ++i) all.push_back(Remote(i));
  table_.Need(all, seconds(1));
  for (unsigned i = 0; i < 8; ++i) {
    table_.NextQuestion();
    table_.LearnPtr(Remote(i), "a.example", 600, seconds(1));
  }
  // A flood: as many strangers, in front of those that are known.
  std::vector<Address> flood;
  for (unsigned i = 100; i < 200; ++i) flood.push_back(Remote(i));
  flood.insert(flood.end(), all.begin(), all.end());
  table_.Need(flood, seconds(2));
  table_.LearnSeen(Remote(300), "evil.example", 600, seconds(2));
  for (const Address& address : all) {
    EXPECT_EQ(NameOf(address), "a.example ptr");
  }
  EXPECT_EQ(NameOf(Remote(300)), "");
  EXPECT_EQ(table_.size(), 8U);
  EXPECT_EQ(table_.NextQuestion(), std::nullopt);
}

TEST_F(NameTableTest, LearnsNothingAboutAddressesItDoesNotKeep) {
  table_.LearnPtr(host_, "ptr.example", 600, seconds(1));
  table_.LearnAbsence(host_, 600, seconds(1));
  table_.LearnFailure(host_, seconds(1));
  EXPECT_EQ(table_.size(), 0U);
  EXPECT_EQ(NameOf(host_), "");
}

TEST_F(NameTableTest, TellsTheSameNamesUntilOneChanges) {
  table_.LearnSeen(host_, "seen.example", 600, seconds(1));
  const auto names = table_.Names();
  table_.Need({host_}, seconds(2));
  table_.LearnSeen(host_, "seen.example", 600, seconds(3));
  table_.Replace(NameSource::kStatic, {});
  EXPECT_EQ(table_.Names(), names);
  table_.LearnSeen(Remote(9), "b.example", 600, seconds(3));
  EXPECT_NE(table_.Names(), names);
  EXPECT_EQ(names->size(), 1U) << "what was handed out never changes";
}

}  // namespace
}  // namespace ntm::names
