#include "modules/alerts/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "modules/alerts/readings.h"
#include "modules/alerts/rule.h"

namespace ntm::alerts {
namespace {

TEST(MessageTest, HasATextForEachKind) {
  std::set<std::string> messages;
  for (const Kind& kind : AllKinds()) {
    Change change;
    change.kind = kind.id;
    change.subject = "eth0";
    change.value = 0.5;
    change.detail = "1000 Mbit/s";
    const std::string message = MessageOf(change);
    EXPECT_THAT(message, testing::EndsWith(".")) << kind.name;
    EXPECT_TRUE(messages.insert(message).second) << message;
    if (*SubjectKindOf(kind.id) != '\0') {
      EXPECT_THAT(message, testing::HasSubstr("eth0")) << kind.name;
    }
  }
  EXPECT_EQ(
      MessageOf({Change::What::kBegan, KindId::kCoverageLow, "eth0", 0.75, ""})
          .substr(0, 44),
      "Only 75.0 % of the frames on eth0 are counte");
}

TEST(MessageTest, InsertsTheSubjectLiterally) {
  Change change;
  change.kind = KindId::kCaptureDown;
  change.subject = "{value}";
  change.detail = "{}";
  EXPECT_THAT(MessageOf(change), testing::HasSubstr("on {value}: {}."));
}

}  // namespace
}  // namespace ntm::alerts
