#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "modules/alerts/alertmanager_outbox.h"
#include "modules/alerts/message_template.h"
#include "modules/alerts/webhook_outbox.h"

namespace ntm::alerts {
namespace {

using Outcome = Outbox::Outcome;
using nlohmann::json;

constexpr int64_t kSecond = 1'000'000'000;
constexpr int64_t kWall = 1'700'000'000 * kSecond;

Notice Of(const std::string& subject, int64_t ended_ns = 0) {
  Notice notice;
  notice.alert.id = 7;
  notice.alert.name = "LinkUtilizationHigh";
  notice.alert.severity = "warning";
  notice.alert.subject = subject;
  notice.alert.message = "It says \"high\"\nand more.";
  notice.alert.began_ns = kWall;
  notice.subject_kind = "interface";
  notice.ended_ns = ended_ns;
  return notice;
}

TEST(AlertmanagerOutboxTest, WritesWhatItsApiTakes) {
  AlertmanagerOutbox outbox("host1");
  EXPECT_FALSE(outbox.due_ns());
  outbox.Add(Of("eth0"), true);
  EXPECT_EQ(outbox.due_ns(), 0);
  const json sent = json::parse(outbox.Take(5 * kSecond, kWall));
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(sent[0]["labels"], json::parse(R"({
      "alertname": "LinkUtilizationHigh", "severity": "warning", "job": "ntm",
      "instance": "host1", "interface": "eth0"})"));
  EXPECT_EQ(sent[0]["annotations"]["summary"], "LinkUtilizationHigh: eth0");
  EXPECT_EQ(sent[0]["startsAt"], "2023-11-14T22:13:20.000Z");
  EXPECT_EQ(sent[0]["endsAt"], "2023-11-14T22:16:20.000Z");
}

TEST(AlertmanagerOutboxTest, RepeatsAnOpenAlertEachMinuteAndItsEndOnce) {
  AlertmanagerOutbox outbox("host1");
  outbox.Add(Of("eth0"), true);
  outbox.Take(5 * kSecond, kWall);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.due_ns(), 65 * kSecond);
  outbox.Take(65 * kSecond, kWall + 60 * kSecond);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.due_ns(), 125 * kSecond);
  EXPECT_EQ(outbox.sent(), 1U);
  outbox.Add(Of("eth0", kWall + 61 * kSecond), true);
  EXPECT_EQ(outbox.due_ns(), 0);
  const json sent = json::parse(outbox.Take(66 * kSecond, kWall));
  EXPECT_EQ(sent[0]["endsAt"], "2023-11-14T22:14:21.000Z");
  outbox.Done(Outcome::kTaken);
  EXPECT_FALSE(outbox.due_ns());
  EXPECT_EQ(outbox.sent(), 2U);
}

TEST(AlertmanagerOutboxTest, KeepsWhatWasNotTaken) {
  AlertmanagerOutbox outbox("host1");
  outbox.Add(Of("eth0"), true);
  outbox.Take(0, kWall);
  outbox.Done(Outcome::kFailed);
  EXPECT_EQ(outbox.due_ns(), 0);
  // It ends while a request is under way: the end is still to be told.
  outbox.Take(0, kWall);
  outbox.Add(Of("eth0", kWall + 1), true);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.due_ns(), 0);
  EXPECT_EQ(json::parse(outbox.Take(0, kWall)).size(), 1U);
}

TEST(AlertmanagerOutboxTest, IsBounded) {
  AlertmanagerOutbox outbox("host1");
  for (size_t i = 0; i < AlertmanagerOutbox::kMostAlerts + 5; ++i) {
    outbox.Add(Of(std::to_string(i)), true);
  }
  EXPECT_EQ(outbox.dropped(), 5U);
}

TEST(WebhookOutboxTest, SendsBeginningAndEndOnceInTheirOrder) {
  WebhookOutbox outbox(MessageTemplate("{{status}} {{subject}}"), "host1");
  outbox.Add(Of("a"), true);
  outbox.Add(Of("a", kWall + 1), true);
  outbox.Add(Of("resumed"), false);
  EXPECT_EQ(outbox.Take(0, 0), "firing a");
  outbox.Done(Outcome::kFailed);
  EXPECT_EQ(outbox.Take(0, 0), "firing a");
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.Take(0, 0), "resolved a");
  outbox.Done(Outcome::kRejected);
  EXPECT_FALSE(outbox.due_ns());
  EXPECT_EQ(outbox.sent(), 1U);
  EXPECT_EQ(outbox.dropped(), 1U);
}

TEST(WebhookOutboxTest, DropsTheOldestThatIsNotUnderWay) {
  WebhookOutbox outbox(MessageTemplate("{{subject}}"), "host1");
  outbox.Add(Of("first"), true);
  EXPECT_EQ(outbox.Take(0, 0), "first");
  for (size_t i = 0; i < WebhookOutbox::kMostMessages; ++i) {
    outbox.Add(Of(std::to_string(i)), true);
  }
  EXPECT_EQ(outbox.dropped(), 1U);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.Take(0, 0), "1");
}

TEST(MessageTemplateTest, StaysJsonWhateverAnAlertSays) {
  const MessageTemplate message(R"({"text": "{{title}}: {{message}}"})");
  EXPECT_TRUE(message.is_json());
  EXPECT_EQ(json::parse(message.Render(Of("eth\"0"), ""))["text"],
            "LinkUtilizationHigh: eth\"0: It says \"high\"\nand more.");
}

TEST(MessageTemplateTest, HasEveryPlaceByDefault) {
  const json sent =
      json::parse(MessageTemplate("").Render(Of("eth0", kWall + kSecond), "h"));
  EXPECT_EQ(sent["status"], "resolved");
  EXPECT_EQ(sent["alert"], "LinkUtilizationHigh");
  EXPECT_EQ(sent["instance"], "h");
  EXPECT_EQ(sent["began"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(sent["ended"], "2023-11-14T22:13:21Z");
  EXPECT_EQ(sent["id"], "7");
}

TEST(MessageTemplateTest, RefusesWhatIsNone) {
  for (const char* text : {"{{who}}", "{{title", "{\"a\": {{title}}}",
                           "{ \"a\"", "@/nowhere/at/all"}) {
    EXPECT_THROW(MessageTemplate{text}, std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ntm::alerts
