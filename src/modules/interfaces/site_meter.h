// Counts what goes to the local hosts and from them.
//
// Units    bytes, bytes per second.
// Shape    of each way the kernel's counters where they tell down from up: they
//          know of no filter and no loss, and go on between two runs. Else the
//          captured packets by their direction, where what goes between two
//          local hosts is neither.
//          An interface begins with all that it has carried since it was made;
//          one that is renamed to a way, or counts in another sense from now
//          on, with what comes from then on.
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
#include "site_ways.h"

namespace ntm::interfaces {

class SiteMeter {
 public:
  // `max_bits_per_second` is that of --max-bandwidth; 0: by the links' speed.
  explicit SiteMeter(uint64_t max_bits_per_second)
      : max_bits_per_second_(max_bits_per_second) {}

  // `elapsed` is the time since the reading before.
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
    bool is_rate = false;  // of the time since the reading before
  };
  struct Seen {
    int index = 0;
    LinkCounters counters{};
  };

  Grown GrownByKernel(const LinkReading& link, SiteSense sense) const;
  Grown GrownByPackets(const std::string& name,
                       const std::vector<CaptureCounters>& captures) const;
  void Book(SiteInterface way, const Grown& grown, double seconds,
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
