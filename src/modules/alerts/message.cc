#include "message.h"

#include <fmt/format.h>

#include <array>

#include "alert_groups.h"

namespace ntm::alerts {
namespace {

struct Text {
  KindId kind;
  const char* text;
};
constexpr std::array<Text, kKindCount> kTexts = {{
    {KindId::kLinkUtilization,
     "{subject} carries {percent} of its {detail}. See on the page or in "
     "ntm_bytes_total who does; give it a faster link, or its classes of "
     "traffic their share."},
    {KindId::kAgentUtilization,
     "Agent {subject} carries {percent} of its {detail}, both directions "
     "together. See its own ntm for who does."},
    {KindId::kClassAboveMax,
     "Class {subject} uses {percent} of its maximum of {detail}. Raise the "
     "maximum, or let --qos-enforce hold it."},
    {KindId::kPredictedSaturation,
     "{subject} is forecast to carry up to {percent} of what it can: {detail}. "
     "Move what can wait to another time."},
    {KindId::kCaptureDown,
     "Nothing can be captured on {subject}: {detail}. Bring the interface up; "
     "ntm goes on by itself."},
    {KindId::kPacketsDropped,
     "{subject} loses {value:.1f} frames per second before they are counted. "
     "Raise --buffer-size or --capture-threads, or narrow the filter."},
    {KindId::kCoverageLow,
     "Only {percent} of the frames on {subject} are counted, the metrics are "
     "too low. Raise --buffer-size or --capture-threads, or narrow the "
     "filter."},
    {KindId::kSeriesLimit,
     "{detail} series are in use: new hosts are counted as \"other\". Raise "
     "--max-series, or fold hosts with --collapse-remote or --dst-prefix."},
    {KindId::kInterfaceErrors,
     "{subject} has {value:.2f} bad packets per second. Look at its cable, its "
     "port and its driver: ethtool -S {subject}."},
    {KindId::kAgentStale,
     "Agent {subject} is not heard of any more. See whether its machine and "
     "its ntm run, and its log for why it cannot push."},
    {KindId::kDatabaseFailing,
     "The history cannot be written: {detail}. What comes in is kept in memory "
     "until it can."},
    {KindId::kQuotaNear, "{percent} of the month's {detail} are used."},
    {KindId::kQuotaExceeded,
     "The month's {detail} are used up: it is at {percent}."},
    {KindId::kQuotaExpected,
     "If it goes on like this, the month will end at {percent} of its "
     "{detail}."},
}};

}  // namespace

std::string MessageOf(const Change& began) {
  constexpr double kHundred = 100;
  if (IsGroup(began.kind, began.subject)) {
    return fmt::format(
        "{} alerts of this kind are open already: this one is of {} and of all "
        "that follow. See on the page or in the metrics which those are.",
        AlertGroups::kMostOfAKind, began.detail);
  }
  return fmt::format(
      fmt::runtime(kTexts.at(static_cast<size_t>(began.kind)).text),
      fmt::arg("subject", began.subject),
      fmt::arg("percent", fmt::format("{:.1f} %", began.value * kHundred)),
      fmt::arg("value", began.value), fmt::arg("detail", began.detail));
}

}  // namespace ntm::alerts
