#include "modules/devices/device_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "device_fixture.h"
#include "modules/devices/device_text.h"

namespace ntm::devices {
namespace {

using test::Ip;
using test::Mac;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr int64_t kDay = 86400;
constexpr int64_t kBegan = 1'769'846'400;  // 2026-01-31T08:00:00Z
constexpr int64_t kLater = kBegan + 2 * kDay;

class DeviceBookTest : public testing::Test {
 protected:
  DeviceBookTest() { book_.Begin(kBegan); }

  void See(const std::string& address, int mac, int64_t time_s,
           bool is_router = false) {
    book_.Take({Ip(address), mac == 0 ? Address() : Mac(mac), is_router, false,
                time_s});
  }
  std::vector<std::string> Ids() const {
    std::vector<std::string> ids;
    for (const Device& device : book_.All()) ids.push_back(device.id);
    return ids;
  }
  void Save() { book_.Saved(book_.Changes()); }

  DeviceBook book_;
};

TEST_F(DeviceBookTest, WhatIsSeenInTheLearningTimeIsKnownSilently) {
  See("10.0.0.1", 1, kBegan);
  See("10.0.0.2", 2, kBegan + kDay - 1);
  EXPECT_EQ(book_.new_devices(), 0U);
  See("10.0.0.3", 3, kBegan + kDay);
  EXPECT_EQ(book_.new_devices(), 1U);
  EXPECT_TRUE(book_.Find(Ip("10.0.0.3"))->is_new);
  See("10.0.0.3", 3, kLater);
  See("10.0.0.1", 1, kLater);
  EXPECT_EQ(book_.new_devices(), 1U);
}

TEST_F(DeviceBookTest, ThisMachineIsNeverNew) {
  book_.Take({Ip("10.0.0.1"), Mac(1), false, true, kLater});
  EXPECT_EQ(book_.size(), 1U);
  EXPECT_EQ(book_.new_devices(), 0U);
}

TEST_F(DeviceBookTest, AnotherAddressOfADeviceIsNotNew) {
  See("10.0.0.1", 1, kLater);
  See("fd00::1:2:3", 1, kLater + 1);
  EXPECT_EQ(book_.new_devices(), 1U);
  EXPECT_THAT(Ids(), ElementsAre("02:00:00:00:00:01"));
  EXPECT_THAT(book_.Find(Ip("10.0.0.1"))->addresses,
              ElementsAre(Ip("fd00::1:2:3"), Ip("10.0.0.1")));
}

TEST_F(DeviceBookTest, ADeviceKeepsItsLatestAddresses) {
  for (int i = 0; i < 40; ++i) {
    See("10.0.0." + std::to_string(i + 1), 1, kLater + i);
  }
  const Device& device = *book_.Find(Ip("10.0.0.40"));
  EXPECT_EQ(device.addresses.size(), DeviceBook::kMostAddresses);
  EXPECT_EQ(device.addresses.front(), Ip("10.0.0.40"));
  EXPECT_EQ(book_.Find(Ip("10.0.0.1")), nullptr);
}

TEST_F(DeviceBookTest, AnAddressGoesToTheDeviceThatHasItNow) {
  See("10.0.0.1", 1, kLater);
  See("10.0.0.1", 2, kLater + 10);
  EXPECT_EQ(book_.Find(Ip("10.0.0.1"))->id, "02:00:00:00:00:02");
  // The first one is still known.
  See("10.0.0.9", 1, kLater + 20);
  EXPECT_EQ(book_.new_devices(), 2U);
}

TEST_F(DeviceBookTest, TheAddressesBehindARouterAreDevicesOfTheirOwn) {
  See("10.0.0.1", 1, kLater, true);
  See("10.0.0.2", 1, kLater, true);
  EXPECT_THAT(Ids(), UnorderedElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_EQ(book_.Find(Ip("10.0.0.2"))->mac, "02:00:00:00:00:01");
}

TEST_F(DeviceBookTest, WhatTurnsOutToBeARouterIsNotNewAgain) {
  See("10.0.0.1", 1, kLater);
  EXPECT_EQ(book_.new_devices(), 1U);
  See("10.0.0.1", 1, kLater + 5, true);
  EXPECT_EQ(book_.new_devices(), 1U);
  EXPECT_THAT(Ids(), ElementsAre("10.0.0.1"));
}

TEST_F(DeviceBookTest, AHardwareAddressFoundLaterBelongsToTheSameDevice) {
  See("10.0.0.1", 0, kBegan);
  See("10.0.0.1", 1, kLater);
  EXPECT_EQ(book_.new_devices(), 0U);
  EXPECT_THAT(Ids(), ElementsAre("02:00:00:00:00:01"));
  EXPECT_EQ(book_.Find(Ip("10.0.0.1"))->first_seen_s, kBegan);
}

TEST_F(DeviceBookTest, AHardwareAddressThatIsForgottenMakesNoNewDevice) {
  See("10.0.0.1", 1, kLater);
  See("10.0.0.1", 0, kLater + 60);
  EXPECT_EQ(book_.new_devices(), 1U);
  EXPECT_THAT(Ids(), ElementsAre("02:00:00:00:00:01"));
  EXPECT_EQ(book_.Find(Ip("10.0.0.1"))->last_seen_s, kLater + 60);
}

TEST_F(DeviceBookTest, AClockSetAheadDoesNotEndTheLearning) {
  constexpr int64_t kYear = 365 * kDay;
  DeviceBook book;
  book.Begin(kBegan);
  book.FollowClock(kYear);
  book.Take({Ip("10.0.0.1"), Mac(1), false, false, kBegan + kYear + 60});
  EXPECT_EQ(book.new_devices(), 0U);
  // A begin from the database stays.
  book.Load({}, kBegan);
  book.FollowClock(kYear);
  EXPECT_EQ(book.learns_until_s(), kBegan + kDay);
}

TEST_F(DeviceBookTest, IsBoundedAndForgetsTheOneNotSeenForLongest) {
  See("10.0.0.1", 0, kLater);
  int64_t now_s = kLater;
  for (size_t i = 0; i < DeviceBook::kMostDevices + 10; ++i) {
    now_s += 60;  // so that none is refused
    See("10.1." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250),
        static_cast<int>(i) + 1, now_s);
  }
  EXPECT_EQ(book_.size(), DeviceBook::kMostDevices);
  EXPECT_EQ(book_.Find(Ip("10.0.0.1")), nullptr);
  EXPECT_EQ(book_.forgotten(), 11U);
  EXPECT_EQ(book_.refused(), 0U);
}

TEST_F(DeviceBookTest, AFloodOfAddressesAddsFewPerMinute) {
  for (int i = 0; i < 60'000; ++i) {
    See("10.1." + std::to_string(i / 250) + "." + std::to_string(1 + i % 250),
        0, kLater);
  }
  EXPECT_EQ(book_.size(), size_t{DeviceBook::kMostUnvouchedPerMinute});
  EXPECT_EQ(book_.refused(), 60'000U - DeviceBook::kMostUnvouchedPerMinute);
  // One that a hardware address vouches for still finds its place.
  See("10.0.0.1", 1, kLater);
  EXPECT_NE(book_.Find(Ip("10.0.0.1")), nullptr);
}

TEST_F(DeviceBookTest, WritesOnlyWhatHasChanged) {
  See("10.0.0.1", 1, kLater);
  EXPECT_EQ(book_.Changes().devices.size(), 1U);
  EXPECT_EQ(book_.Changes().began_s, kBegan);
  Save();
  EXPECT_THAT(book_.Changes().devices, IsEmpty());
  EXPECT_EQ(book_.Changes().began_s, 0);
  for (int64_t s = 0; s < DeviceBook::kWriteAfterSeconds; s += 5) {
    See("10.0.0.1", 1, kLater + s);
    ASSERT_THAT(book_.Changes().devices, IsEmpty());
  }
  See("10.0.0.1", 1, kLater + DeviceBook::kWriteAfterSeconds);
  EXPECT_EQ(book_.Changes().devices.size(), 1U);
  Save();
  See("fd00::1", 1, kLater + DeviceBook::kWriteAfterSeconds);
  EXPECT_EQ(book_.Changes().devices.size(), 1U);
}

TEST_F(DeviceBookTest, AChangeDuringTheWritingIsWrittenLater) {
  See("10.0.0.1", 1, kLater);
  const DeviceChanges writing = book_.Changes();
  See("10.0.0.2", 2, kLater);
  book_.Saved(writing);
  ASSERT_EQ(book_.Changes().devices.size(), 1U);
  EXPECT_EQ(book_.Changes().devices[0].id, "02:00:00:00:00:02");
}

TEST_F(DeviceBookTest, StoredDevicesAreKnownAfterARestart) {
  See("10.0.0.1", 1, kBegan);
  const DeviceChanges stored = book_.Changes();
  DeviceBook next;
  next.Begin(kLater);
  next.Load(stored.devices, stored.began_s);
  EXPECT_EQ(next.learns_until_s(), kBegan + kDay);
  next.Take({Ip("10.0.0.1"), Mac(1), false, false, kLater});
  EXPECT_EQ(next.new_devices(), 0U);
  next.Take({Ip("10.0.0.2"), Mac(2), false, false, kLater});
  EXPECT_EQ(next.new_devices(), 1U);
  // The new one, and the time when the other was last seen.
  EXPECT_EQ(next.Changes().devices.size(), 2U);
}

TEST_F(DeviceBookTest, WithANewFileTheLearningBeginsNow) {
  DeviceBook next;
  next.Begin(kLater);
  next.Load({}, std::nullopt);
  EXPECT_EQ(next.Changes().began_s, kLater);
  next.Take({Ip("10.0.0.1"), Mac(1), false, false, kLater});
  EXPECT_EQ(next.new_devices(), 0U);
}

TEST_F(DeviceBookTest, IsWrittenWholeIntoAnotherFile) {
  See("10.0.0.1", 1, kLater);
  Save();
  book_.SaveAgain();
  EXPECT_TRUE(book_.Changes().is_whole);
  EXPECT_EQ(book_.Changes().devices.size(), 1U);
  EXPECT_EQ(book_.Changes().began_s, kBegan);
  Save();
  EXPECT_FALSE(book_.Changes().is_whole);
  EXPECT_THAT(book_.Changes().devices, IsEmpty());
}

TEST_F(DeviceBookTest, HasTheMostTrustedNameWhateverTheOrder) {
  See("10.0.0.1", 1, kLater);
  See("fd00::1", 1, kLater);
  const HostNames names({{Ip("fd00::1"), {"seen.example", NameSource::kDns}},
                         {Ip("10.0.0.1"), {"phone", NameSource::kDhcp}}});
  book_.TakeNames(names);
  EXPECT_EQ(book_.Find(Ip("fd00::1"))->name, "phone");
  const uint64_t version = book_.version();
  See("10.0.0.1", 1, kLater + 5);
  book_.TakeNames(names);
  EXPECT_EQ(book_.version(), version);
  // A name that is no longer known is kept.
  book_.TakeNames(HostNames());
  EXPECT_EQ(book_.Find(Ip("10.0.0.1"))->name, "phone");
}

TEST(DescribeTest, SaysWhatIsKnownBesidesTheId) {
  Device device;
  device.id = "10.0.0.1";
  device.addresses = {Ip("10.0.0.1")};
  EXPECT_EQ(Describe(device), "neither name nor vendor is known");
  device.id = device.mac = "02:00:00:00:00:01";
  device.addresses = {Ip("fd00::1"), Ip("10.0.0.1")};
  EXPECT_EQ(Describe(device), "(randomised), 10.0.0.1");
  device.name = "phone";
  EXPECT_EQ(Describe(device), "phone (randomised), 10.0.0.1");
}

}  // namespace
}  // namespace ntm::devices
