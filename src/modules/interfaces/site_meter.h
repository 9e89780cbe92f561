// Counts the traffic to local hosts (down) and from them (up).
//
// Units    bytes, bytes per second.
// Shape    for each boundary interface the kernel's counters are used if they
//          tell down from up: they are independent of filters and drops and
//          continue between two runs. Else the captured packets are counted by
//          direction; traffic between two local hosts is neither. An interface
//          starts with its whole counters; one that was renamed, or whose
//          direction changes, starts with the traffic from then on.
// Threads  a value; one user at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "link_counters.h"
#include "link_reading.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"
#include "site_boundary.h"

namespace ntm::interfaces {

class SiteMeter {
 public:
  // `max_bits_per_second` is --max-bandwidth; 0: the speed of the link.
  explicit SiteMeter(uint64_t max_bits_per_second)
      : max_bits_per_second_(max_bits_per_second) {}

  // `elapsed` is the time since the last reading.
  SiteReport Take(const Machine& machine,
                  const std::vector<CaptureCounters>& captures,
                  std::chrono::nanoseconds elapsed);

 private:
  struct Bytes {
    uint64_t down = 0;
    uint64_t up = 0;
  };
  struct Grown {
    Bytes bytes;
    bool is_rate = false;  // covers exactly the time since the last reading
  };
  struct Seen {
    int index = 0;
    LinkCounters counters{};
  };

  Grown GrownByKernel(const LinkReading& link, SiteSense sense) const;
  Grown GrownByPackets(const std::string& name,
                       const std::vector<CaptureCounters>& captures) const;
  void Book(SiteInterface boundary, const Grown& grown, double seconds,
            SiteReport* report);
  void Remember(const Machine& machine,
                const std::vector<CaptureCounters>& captures);

  uint64_t max_bits_per_second_;
  std::map<std::string, Bytes> books_;           // by counter_name
  std::unordered_map<int, LinkCounters> links_;  // the last reading, by index
  std::map<std::string, Seen> named_;            // the last of each name
  std::map<std::string, Bytes> packets_;         // the last of each capture
};

}  // namespace ntm::interfaces
