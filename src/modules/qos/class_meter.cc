#include "class_meter.h"

namespace ntm::qos {

void ClassMeter::Add(const ClassCounts& counts, int64_t time_ns) {
  Reading reading;
  reading.time_ns = time_ns;
  bool goes_back = false;
  for (size_t id = 0; id < kMaxClasses; ++id) {
    const auto& directions = counts.classes[id];
    reading.bytes[id] = counts.At(static_cast<ClassId>(id)).bytes -
                        directions[static_cast<size_t>(Direction::kIn)].bytes;
    goes_back = goes_back || (!readings_.empty() &&
                              reading.bytes[id] < readings_.back().bytes[id]);
  }
  if (goes_back ||
      (!readings_.empty() && time_ns <= readings_.back().time_ns)) {
    readings_.clear();
  }
  readings_.push_back(reading);
  while (readings_.size() > 2 &&
         readings_.front().time_ns < time_ns - kMinuteNs) {
    readings_.pop_front();
  }
}

double ClassMeter::Rate(const Reading& from, const Reading& to, ClassId id) {
  return static_cast<double>(to.bytes[id] - from.bytes[id]) * 1e9 /
         static_cast<double>(to.time_ns - from.time_ns);
}

double ClassMeter::LastTick(ClassId id) const {
  if (readings_.size() < 2) return 0;
  return Rate(readings_[readings_.size() - 2], readings_.back(), id);
}

double ClassMeter::LastMinute(ClassId id) const {
  if (readings_.size() < 2) return 0;
  return Rate(readings_.front(), readings_.back(), id);
}

}  // namespace ntm::qos
