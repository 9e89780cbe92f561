// The test capture of `ntm doctor`: counts the frames of a few seconds, with
// and without the filter.
//
// Shape    an interface is opened with ntm's own settings and, if there is a
//          filter, a second time without it.
// Threads  main thread.
// Errors   an interface that cannot be opened has a `failure`; the others are
//          still captured.
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
  std::optional<Finding> failure;  // why nothing could be captured
  std::string filter_description;  // Filter::description()

  // Without the filter.
  uint64_t frames = 0;
  uint64_t vlan_frames = 0;   // with a VLAN tag, inside or outside of PPPoE
  uint64_t pppoe_frames = 0;  // with PPPoE, without a VLAN tag
  uint64_t unknown_link_frames = 0;
  uint64_t tcp_packets = 0;
  uint64_t tcp_pairs = 0;           // of addresses, in either direction
  uint64_t tcp_answered_pairs = 0;  // seen in both directions

  uint64_t matching_frames = 0;  // that pass the filter; without one, all
  CaptureStatistics statistics;  // of the capture with the filter
  std::optional<uint32_t> promiscuity;  // during the capture; absent for `any`
  bool is_wireless = false;
};

// Calls `progress` several times a second with the remaining seconds.
std::vector<TrafficSample> ProbeTraffic(
    const std::vector<std::string>& interfaces, const Options& options,
    std::chrono::seconds duration, const std::function<void(int)>& progress);

}  // namespace ntm
