#include "modules/devices/vendor.h"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "modules/devices/device_text.h"
#include "modules/devices/vendor_data.h"

namespace ntm::devices {
namespace {

TEST(VendorTest, TheTableIsSortedAndSmall) {
  if (kVendorCount == 0) GTEST_SKIP() << "built without ieee-data";
  size_t text_bytes = 0;
  for (size_t i = 0; i < kVendorCount; ++i) {
    if (i > 0) {
      ASSERT_LT(kVendorOuis[i - 1], kVendorOuis[i]);
    }
    const size_t end = kVendorTextOffsets[i] +
                       std::string(kVendorTexts + kVendorTextOffsets[i]).size();
    text_bytes = std::max(text_bytes, end + 1);
  }
  EXPECT_GT(kVendorCount, 20'000U);
  EXPECT_LT(text_bytes + 8 * kVendorCount, 600'000U);
}

TEST(VendorTest, KnownVendorsHaveShortNames) {
  if (kVendorCount == 0) GTEST_SKIP() << "built without ieee-data";
  EXPECT_EQ(VendorText("a4:83:e7:12:34:56"), "Apple");
  EXPECT_EQ(VendorText("00:d0:ef:00:00:00"), "IGT");
  EXPECT_EQ(VendorText("f4:bd:9e:ff:ff:ff"), "Cisco Systems");
  EXPECT_EQ(VendorText("b8:27:eb:00:00:01"), "Raspberry Pi Foundation");
}

TEST(VendorTest, AnAddressWithTheLocalBitIsRandomised) {
  EXPECT_EQ(VendorText("02:00:00:09:00:01"), "randomised");
  EXPECT_EQ(VendorText("da:a1:19:00:00:01"), "randomised");
}

TEST(VendorTest, WhatIsNoHardwareAddressHasNone) {
  EXPECT_EQ(VendorText(""), "");
  EXPECT_EQ(VendorText("not-a-mac-address"), "");
}

}  // namespace
}  // namespace ntm::devices
