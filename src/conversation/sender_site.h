// On which side of ntm the sender of a packet is.
#pragma once

#include <array>
#include <cstdint>

#include "ntm/conversation/wire_health.h"
#include "ntm/net/local_networks.h"

namespace ntm {

// The site of a packet's sender, by Direction.
inline constexpr std::array kSenderSite = {
    Site::kLocal, Site::kRemote, Site::kLocal, Site::kLocal, Site::kRemote};
static_assert(kSenderSite.size() == kDirectionCount);

}  // namespace ntm
