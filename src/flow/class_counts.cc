#include "ntm/flow/class_counts.h"

namespace ntm {

ClassCounts& ClassCounts::operator+=(const ClassCounts& other) noexcept {
  for (size_t id = 0; id < kMaxClasses; ++id) {
    for (size_t i = 0; i < kDirectionCount; ++i) {
      classes[id][i].bytes += other.classes[id][i].bytes;
      classes[id][i].packets += other.classes[id][i].packets;
    }
  }
  for (size_t dscp = 0; dscp < dscp_bytes.size(); ++dscp) {
    dscp_bytes[dscp] += other.dscp_bytes[dscp];
  }
  return *this;
}

}  // namespace ntm
