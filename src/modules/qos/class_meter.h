// What each class of one captured interface has sent lately.
//
// Units    bytes per second.
// Shape    every direction but `in`: what others send here cannot be shared
//          out here. Rates are over the last tick, and means over the last
//          minute, or as long as there was.
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

  // Begins anew where counters or time go back.
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
