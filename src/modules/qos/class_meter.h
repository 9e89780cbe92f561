// Measures the transmit rate of each class on one captured interface.
//
// Units    bytes per second.
// Shape    all directions except `in`, since inbound traffic cannot be
//          allocated here. Rates over the last tick and the last minute, or the
//          time since the start if that is shorter.
// Threads  not synchronised.
// Errors   none.
#pragma once

#include <array>
#include <cstdint>
#include <deque>

#include "ntm/flow/class_counts.h"

namespace ntm::qos {

class ClassMeter {
 public:
  static constexpr int64_t kMinuteNs = 60'000'000'000;

  // Starts again if counters or time decrease.
  void Add(const ClassCounts& counts, int64_t time_ns);

  double LastTick(ClassId id) const;
  double LastMinute(ClassId id) const;

 private:
  struct Reading {
    int64_t time_ns = 0;
    std::array<uint64_t, kMaxClasses> bytes{};
  };

  static double Rate(const Reading& from, const Reading& to, ClassId id);

  std::deque<Reading> readings_;
};

}  // namespace ntm::qos
