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
     "{subject} carries {percent} of its {detail}. See the page or "
     "ntm_bytes_total for the hosts that cause it; use a faster link, or limit "
     "classes of traffic."},
    {KindId::kAgentUtilization,
     "Agent {subject} carries {percent} of its {detail}, both directions "
     "together. See the ntm on that machine for the hosts that cause it."},
    {KindId::kClassAboveMax,
     "Class {subject} uses {percent} of its maximum of {detail}. Raise the "
     "maximum, or enforce it with --qos-enforce."},
    {KindId::kPredictedSaturation,
     "{subject} is forecast to reach {percent} of its capacity: {detail}. Move "
     "transfers that can wait to another time."},
    {KindId::kCaptureDown,
     "Nothing can be captured on {subject}: {detail}. Bring the interface up; "
     "ntm then continues by itself."},
    {KindId::kPacketsDropped,
     "{subject} loses {value:.1f} frames per second before they are counted. "
     "Raise --buffer-size or --capture-threads, or narrow the filter."},
    {KindId::kCoverageLow,
     "Only {percent} of the frames on {subject} are counted, so the metrics "
     "are too low. Raise --buffer-size or --capture-threads, or narrow the "
     "filter."},
    {KindId::kSeriesLimit,
     "{detail} series are in use; at the limit new hosts are counted as "
     "\"other\". Raise --max-series, or aggregate hosts with --collapse-remote "
     "or --dst-prefix."},
    {KindId::kInterfaceErrors,
     "{subject} has {value:.2f} packet errors per second. Check its cable, "
     "port and driver: ethtool -S {subject}."},
    {KindId::kAgentStale,
     "Agent {subject} has stopped sending updates. Check that its machine and "
     "its ntm run, and see its log for why it cannot push."},
    {KindId::kDatabaseFailing,
     "The history cannot be written: {detail}. Until then new data is kept in "
     "memory."},
    {KindId::kQuotaNear, "{percent} of the monthly quota of {detail} is used."},
    {KindId::kQuotaExceeded,
     "The monthly quota of {detail} is exceeded: {percent} is used."},
    {KindId::kQuotaExpected,
     "At the present rate, {percent} of the monthly quota of {detail} will be "
     "used by the end of the month."},
    {KindId::kHostQuotaNear, "{subject} has used {percent} of its {detail}."},
    {KindId::kHostQuotaExceeded,
     "{subject} has exceeded its {detail}: {percent} is used."},
    {KindId::kNewHost,
     "Device {subject} was never seen before on the local networks: {detail}. "
     "See /api/hosts for when it came and what it has transferred."},
    {KindId::kRetransmissions,
     "{percent} of the TCP segments of {subject} are sent again: packets are "
     "lost on their way. See the page's section Network health for the "
     "services that suffer; look at Wi-Fi, cable and queues."},
    {KindId::kDnsSlow,
     "Half of the answers of the name server {subject} take more than "
     "{ms:.0f} ms. Is it reachable without loss? Try another one."},
    {KindId::kDnsFailing,
     "{percent} of the questions to the name server {subject} failed "
     "({detail}). Check it, or choose another one."},
    {KindId::kAddressConflict,
     "Two devices use one address: {detail}. Give one of them another "
     "address."},
}};

}  // namespace

std::string MessageOf(const Change& began) {
  constexpr double kHundred = 100;
  constexpr double kMsPerSecond = 1000;
  if (IsGroup(began.kind, began.subject)) {
    return fmt::format(
        "{} alerts of this kind are already open: this one stands for {} and "
        "all that follow. See the page or the metrics for the full list.",
        AlertGroups::kMostOfAKind, began.detail);
  }
  return fmt::format(
      fmt::runtime(kTexts.at(static_cast<size_t>(began.kind)).text),
      fmt::arg("subject", began.subject),
      fmt::arg("percent", fmt::format("{:.1f} %", began.value * kHundred)),
      fmt::arg("value", began.value),
      fmt::arg("ms", began.value * kMsPerSecond),
      fmt::arg("detail", began.detail));
}

}  // namespace ntm::alerts
