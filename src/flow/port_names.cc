#include "ntm/flow/port_names.h"

namespace ntm {
namespace {

// The counts order nothing but themselves.
constexpr std::memory_order kRelaxed = std::memory_order_relaxed;

}  // namespace

bool PortNames::TryHold(ServiceId id) noexcept {
  Count& holders = HoldersOf(id);
  uint32_t seen = holders.load(kRelaxed);
  while (seen > 0) {
    if (holders.compare_exchange_weak(seen, seen + 1, kRelaxed)) return true;
  }
  // Without writing: a busy port without a name asks with every packet.
  if (count() >= kMost) return false;
  // First the place, then the name: never are more than kMost held.
  if (count_.fetch_add(1, kRelaxed) >= kMost) {
    count_.fetch_sub(1, kRelaxed);
    return false;
  }
  // Another lane may have come first: then the name has its place already.
  if (holders.fetch_add(1, kRelaxed) > 0) count_.fetch_sub(1, kRelaxed);
  return true;
}

void PortNames::Hold(ServiceId id) noexcept {
  HoldersOf(id).fetch_add(1, kRelaxed);
}

void PortNames::Release(ServiceId id) noexcept {
  if (HoldersOf(id).fetch_sub(1, kRelaxed) == 1) count_.fetch_sub(1, kRelaxed);
}

bool PortNames::IsHeld(ServiceId id) const noexcept {
  return holders_[id - kOtherService].load(kRelaxed) > 0;
}

}  // namespace ntm
