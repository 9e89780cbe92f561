#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "modules/alerts/alertmanager_outbox.h"
#include "modules/alerts/message_template.h"
#include "modules/alerts/webhook_outbox.h"
#include "ntm/base/unix_time.h"

namespace ntm::alerts {
namespace {

using Outcome = Outbox::Outcome;
using nlohmann::json;

constexpr int64_t kWall = 1'700'000'000 * kNsPerSecond;

Notice EndedNotice(const std::string& subject, int64_t ended_ns = 0) {
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

TEST(AlertmanagerOutboxTest, WritesTheFormatOfTheApi) {
  AlertmanagerOutbox outbox("host1");
  EXPECT_FALSE(outbox.due_ns());
  outbox.Add(EndedNotice("eth0"), true);
  EXPECT_EQ(outbox.due_ns(), 0);
  const json sent = json::parse(outbox.Take(5 * kNsPerSecond, kWall));
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
  outbox.Add(EndedNotice("eth0"), true);
  outbox.Take(5 * kNsPerSecond, kWall);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.due_ns(), 65 * kNsPerSecond);
  outbox.Take(65 * kNsPerSecond, kWall + 60 * kNsPerSecond);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.due_ns(), 125 * kNsPerSecond);
  EXPECT_EQ(outbox.sent(), 1U);
  outbox.Add(EndedNotice("eth0", kWall + 61 * kNsPerSecond), true);
  EXPECT_EQ(outbox.due_ns(), 0);
  const json sent = json::parse(outbox.Take(66 * kNsPerSecond, kWall));
  EXPECT_EQ(sent[0]["endsAt"], "2023-11-14T22:14:21.000Z");
  outbox.Done(Outcome::kTaken);
  EXPECT_FALSE(outbox.due_ns());
  EXPECT_EQ(outbox.sent(), 2U);
}

TEST(AlertmanagerOutboxTest, KeepsAlertsThatWereNotAccepted) {
  AlertmanagerOutbox outbox("host1");
  outbox.Add(EndedNotice("eth0"), true);
  outbox.Take(0, kWall);
  outbox.Done(Outcome::kFailed);
  EXPECT_EQ(outbox.due_ns(), 0);
  // It ends while a request is in flight: the end still has to be sent.
  outbox.Take(0, kWall);
  outbox.Add(EndedNotice("eth0", kWall + 1), true);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.due_ns(), 0);
  EXPECT_EQ(json::parse(outbox.Take(0, kWall)).size(), 1U);
}

TEST(AlertmanagerOutboxTest, IsBounded) {
  AlertmanagerOutbox outbox("host1");
  for (size_t i = 0; i < AlertmanagerOutbox::kMostAlerts + 5; ++i) {
    outbox.Add(EndedNotice(std::to_string(i)), true);
  }
  EXPECT_EQ(outbox.dropped(), 5U);
}

TEST(WebhookOutboxTest, SendsBeginningAndEndOnceInOrder) {
  WebhookOutbox outbox(MessageTemplate("{{status}} {{subject}}"), "host1");
  outbox.Add(EndedNotice("a"), true);
  outbox.Add(EndedNotice("a", kWall + 1), true);
  outbox.Add(EndedNotice("resumed"), false);
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

TEST(WebhookOutboxTest, DropsTheOldestThatIsNotInFlight) {
  WebhookOutbox outbox(MessageTemplate("{{subject}}"), "host1");
  outbox.Add(EndedNotice("first"), true);
  EXPECT_EQ(outbox.Take(0, 0), "first");
  for (size_t i = 0; i < WebhookOutbox::kMostMessages; ++i) {
    outbox.Add(EndedNotice(std::to_string(i)), true);
  }
  EXPECT_EQ(outbox.dropped(), 1U);
  outbox.Done(Outcome::kTaken);
  EXPECT_EQ(outbox.Take(0, 0), "1");
}

TEST(MessageTemplateTest, StaysValidJsonForAnyAlert) {
  const MessageTemplate message(R"({"text": "{{title}}: {{message}}"})");
  EXPECT_TRUE(message.is_json());
  EXPECT_EQ(json::parse(message.Render(EndedNotice("eth\"0"), ""))["text"],
            "LinkUtilizationHigh: eth\"0: It says \"high\"\nand more.");
}

TEST(MessageTemplateTest, HasEveryPlaceholderByDefault) {
  const json sent = json::parse(MessageTemplate("").Render(
      EndedNotice("eth0", kWall + kNsPerSecond), "h"));
  EXPECT_EQ(sent["status"], "resolved");
  EXPECT_EQ(sent["alert"], "LinkUtilizationHigh");
  EXPECT_EQ(sent["instance"], "h");
  EXPECT_EQ(sent["began"], "2023-11-14T22:13:20Z");
  EXPECT_EQ(sent["ended"], "2023-11-14T22:13:21Z");
  EXPECT_EQ(sent["id"], "7");
}

TEST(MessageTemplateTest, RefusesInvalidTemplates) {
  for (const char* text : {"{{who}}", "{{title", "{\"a\": {{title}}}",
                           "{ \"a\"", "@/nowhere/at/all"}) {
    EXPECT_THROW(MessageTemplate{text}, std::invalid_argument) << text;
  }
}

}  // namespace
}  // namespace ntm::alerts
