#include "modules/usage/usage_answer.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <ctime>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "usage_fixture.h"

namespace ntm::usage {
namespace {

using test::kStart;

struct UsageAnswerTest : ::testing::Test {
  UsageAnswerTest() {
    setenv("TZ", "UTC0", 1);
    tzset();
  }
  static UsageQuestion Ask(const std::map<std::string, std::string>& query,
                           int billing_day = 1) {
    return ParseUsageQuestion(query, kStart, billing_day);
  }
};

const UsageRows kRows = {
    {{"10.0.0.1", "https"}, {100, 10}},  {{"10.0.0.1", "ssh"}, {1, 1}},
    {{"10.0.0.2", "https"}, {1'000, 0}}, {{"10.0.0.3", "ssh"}, {5, 5}},
    {{kOther, "https"}, {2, 2}},         {{kTransit, ""}, {3, 0}}};

std::string Text(const std::vector<UsageEntry>& entries) {
  std::string text;
  for (const UsageEntry& entry : entries) {
    text += entry.name + " " + std::to_string(entry.bytes.in) + "/" +
            std::to_string(entry.bytes.out) + "; ";
  }
  return text;
}

TEST_F(UsageAnswerTest, DefaultsToTheBillingMonthByHost) {
  const UsageQuestion question = Ask({}, 15);
  EXPECT_TRUE(question.is_month);
  EXPECT_FALSE(question.by_service);
  EXPECT_EQ(question.span.name, "2026-01");
  EXPECT_EQ(Ask({{"month", "2025-06"}}, 15).span.name, "2025-06");
  EXPECT_EQ(Ask({{"day", "2026-01-30"}}).span.name, "2026-01-30");
}

TEST_F(UsageAnswerTest, RefusesInvalidParameters) {
  for (const auto& query : std::vector<std::map<std::string, std::string>>{
           {{"day", "2026-02-30"}},
           {{"day", ""}},
           {{"month", "2026-13"}},
           {{"day", "2026-01-30"}, {"month", "2026-01"}},
           {{"by", "port"}},
           {{"limit", "0"}},
           {{"limit", "10001"}},
           {{"limit", "x"}}}) {
    EXPECT_THROW(Ask(query), std::invalid_argument) << query.begin()->second;
  }
}

TEST_F(UsageAnswerTest, TheLargestComeFirstAndOtherLast) {
  EXPECT_EQ(Text(Entries(Ask({}), kRows, false)),
            "10.0.0.2 1000/0; 10.0.0.1 101/11; 10.0.0.3 5/5; transit 3/0; "
            "other 2/2; ");
  EXPECT_EQ(Text(Entries(Ask({{"by", "service"}}), kRows, false)),
            "https 1102/12; ssh 6/6;  3/0; ");
}

TEST_F(UsageAnswerTest, EntriesPastTheLimitAreInOther) {
  EXPECT_EQ(Text(Entries(Ask({{"limit", "1"}}), kRows, false)),
            "10.0.0.2 1000/0; other 111/18; ");
}

TEST_F(UsageAnswerTest, OnlyAnonymizedRunsShowAliases) {
  const UsageRows rows = {{{"10.0.0.1", "https"}, {100, 0}},
                          {{"77.1.2.3", "https", true}, {10, 0}},
                          {{kTransit, "https"}, {1, 0}}};
  EXPECT_EQ(Text(Entries(Ask({}), rows, true)),
            "77.1.2.3 10/0; transit 1/0; other 100/0; ");
  EXPECT_EQ(Text(Entries(Ask({}), rows, false)),
            "10.0.0.1 100/0; transit 1/0; other 10/0; ");
}

TEST_F(UsageAnswerTest, JsonHasTheSpanTheEntriesAndTheirSum) {
  const UsageQuestion question = Ask({{"day", "2026-01-31"}, {"limit", "1"}});
  const auto json = UsageJson(question, Entries(question, kRows, false));
  EXPECT_EQ(json.dump(),
            R"({"day":"2026-01-31","from":"2026-01-31T00:00:00Z",)"
            R"("to":"2026-02-01T00:00:00Z","by":"host","entries":[)"
            R"({"name":"10.0.0.2","in_bytes":1000,"out_bytes":0},)"
            R"({"name":"other","in_bytes":111,"out_bytes":18}],)"
            R"("total":{"in_bytes":1111,"out_bytes":18}})");
}

TEST_F(UsageAnswerTest, AMonthIsComparedWithItsQuota) {
  MonthUse month(Ask({}).span);
  month.Add({month.month().from_s, 300'000, 600'000, 300, 1'000, 2'000});
  const auto json = MonthJson(month, month.month().from_s + 7200, 1'800'000);
  EXPECT_EQ(json["used_bytes"], 900'000);
  EXPECT_EQ(json["quota_used_ratio"], 0.5);
  EXPECT_EQ(json["percentile_95"]["larger_bytes_per_second"], 2'000);
  EXPECT_EQ(json["expected_bytes"], 900'000.0 * 31 * 12);
  const auto none = MonthJson(MonthUse(month.month()), kStart, 0);
  for (const char* key :
       {"expected_bytes", "quota_bytes", "quota_used_ratio", "percentile_95"}) {
    EXPECT_TRUE(none[key].is_null()) << key;
  }
}

TEST_F(UsageAnswerTest, TheAddressesOfADeviceAreOneEntry) {
  DeviceReport devices;
  LocalDevice device;
  device.id = "a4:83:e7:00:00:01";
  device.mac = device.id;
  device.vendor = "Apple";
  device.addresses = {test::At("10.0.0.1"), test::At("10.0.0.3")};
  devices.devices = {device};
  for (const Address& address : device.addresses) {
    devices.by_address[address] = 0;
  }
  const UsageQuestion question = Ask({{"by", "device"}});
  EXPECT_EQ(Text(Entries(question, kRows, false, &devices)),
            "10.0.0.2 1000/0; 10.0.0.1 106/16; transit 3/0; other 2/2; ");
  devices.devices[0].name = "tablet";
  const auto entries = Entries(question, kRows, false, &devices);
  EXPECT_EQ(entries[1].name, "tablet");
  const auto json = UsageJson(question, entries);
  EXPECT_EQ(json["by"], "device");
  EXPECT_EQ(json["entries"][1]["id"], "a4:83:e7:00:00:01");
  EXPECT_EQ(json["entries"][1]["vendor"], "Apple");
  EXPECT_EQ(json["entries"][1]["addresses"].size(), 2U);
  EXPECT_FALSE(json["entries"][0].contains("id"));
  // By host nothing is put together, and without devices neither.
  EXPECT_EQ(Entries(Ask({}), kRows, false, &devices).size(), 5U);
  EXPECT_EQ(Entries(question, kRows, false, nullptr).size(), 5U);
}

}  // namespace
}  // namespace ntm::usage
