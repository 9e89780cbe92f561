// Bounds how many services that are a port's number have flows at a time.
//
// A name is held as long as a flow has it: a table holds it once for each flow
// that it inserts, and releases it when it evicts the flow. A name that is not
// held and not to be had counts as kOtherService.
//
// Shape    a count for each number, 128 KiB, and the number of those that are
//          not zero, which is at most kMost. The names are for all tables of a
//          pipeline together, so that a service that one lane names is named by
//          all.
// Threads  any: atomic counts. They are written when a flow is inserted or
//          evicted, and read by packets that have no flow; never by others.
// Errors   none; nothing allocates after construction.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "ntm/net/services.h"

namespace ntm {

class PortNames {
 public:
  static constexpr size_t kMost = 512;

  // Holds the name for one flow; false if it is new and kMost others are held.
  // REQUIRES: here and below, IsPortNumber(id).
  bool TryHold(ServiceId id) noexcept;
  // REQUIRES: the caller holds it already.
  void Hold(ServiceId id) noexcept;
  void Release(ServiceId id) noexcept;

  bool IsHeld(ServiceId id) const noexcept;
  size_t count() const noexcept {
    return count_.load(std::memory_order_relaxed);
  }

 private:
  using Count = std::atomic<uint32_t>;

  Count& HoldersOf(ServiceId id) noexcept {
    return holders_[id - kOtherService];
  }

  std::vector<Count> holders_ = std::vector<Count>(kOtherService);
  std::atomic<size_t> count_ = 0;
};

}  // namespace ntm
