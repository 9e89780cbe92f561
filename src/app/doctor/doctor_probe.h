// The test capture of `ntm doctor`: for some seconds, what passes and what of
// it the filter lets through.
//
// Shape    an interface is opened as ntm itself would, and, where there is a
//          filter, a second time without it.
// Threads  main thread.
// Errors   an interface that cannot be opened has a `failure`; the others are
//          looked at all the same.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "app/options/options.h"
#include "doctor_report.h"
#include "ntm/capture/capture.h"

namespace ntm {

struct TrafficSample {
  std::string interface;
  int seconds = 0;
  std::optional<Finding> failure;  // why nothing could be seen
  std::string filter_description;  // how the filter was taken

  // Without the filter.
  uint64_t frames = 0;
  uint64_t vlan_frames = 0;   // with a tag, inside or outside of PPPoE
  uint64_t pppoe_frames = 0;  // without a tag
  uint64_t unknown_link_frames = 0;
  uint64_t tcp_packets = 0;
  uint64_t tcp_pairs = 0;           // of addresses, in either direction
  uint64_t tcp_answered_pairs = 0;  // seen in both directions

  uint64_t matching_frames = 0;         // through the filter; all without one
  CaptureStatistics statistics;         // of the capture as ntm makes it
  std::optional<uint32_t> promiscuity;  // while it was open; not of `any`
  bool is_wireless = false;
};

// `progress` is told the seconds that are left, about once a second.
std::vector<TrafficSample> ProbeTraffic(
    const std::vector<std::string>& interfaces, const Options& options,
    std::chrono::seconds duration, const std::function<void(int)>& progress);

}  // namespace ntm
