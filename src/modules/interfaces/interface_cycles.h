// Makes the database rows of each cycle (--interval) from the reports of the
// ticks.
//
// Units    bytes per second, over the whole cycle.
// Shape    the first report is a cycle of its own, without rates.
// Threads  a value; one user at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "ntm/module/reports.h"

namespace ntm::interfaces {

// The options.* keys of the configuration file.
struct RowOptions {
  bool track_per_interface = true;
  bool track_total = true;
  bool calculate_rates = true;
  bool store_raw_counts = true;
};

class InterfaceCycles {
 public:
  InterfaceCycles(std::chrono::seconds interval, RowOptions options)
      : interval_(interval), options_(options) {}

  // `elapsed` is the time since the last report. nullptr unless a cycle ends.
  std::shared_ptr<const InterfaceCycle> Take(const InterfaceReport& report,
                                             std::chrono::nanoseconds elapsed);

 private:
  struct Bytes {
    uint64_t receive = 0;
    uint64_t transmit = 0;
  };

  InterfaceCycle CycleOf(const InterfaceReport& report, double seconds);

  std::chrono::seconds interval_;
  RowOptions options_;
  bool is_first_ = true;
  std::chrono::nanoseconds since_{};      // the end of the last cycle
  std::map<std::string, Bytes> at_last_;  // by interface, when it ended
};

}  // namespace ntm::interfaces
