// On which side of ntm the sender of a packet is.
#pragma once

#include <array>
#include <cstdint>

#include "ntm/conversation/wire_health.h"
#include "ntm/net/local_networks.h"

namespace ntm {

inline Site SenderSite(Direction direction) noexcept {
  static constexpr std::array kSites = {
      Site::kLocal, Site::kRemote, Site::kLocal, Site::kLocal, Site::kRemote};
  static_assert(kSites.size() == kDirectionCount);
  return kSites[static_cast<size_t>(direction)];
}

}  // namespace ntm
