// Logs warnings about interfaces whose traffic is counted twice, merged or not
// at all.
//
// Threads  any.
// Errors   none.
#pragma once

#include <string>
#include <vector>

#include "ntm/net/overlap.h"

namespace ntm {

// Warns of each overlap that is not among those known `before`.
void WarnOfOverlaps(const std::vector<Overlap>& now,
                    const std::vector<Overlap>& before);
void WarnOfSuperpackets(const std::string& interface);
// Warns if Decode() does not support the link type.
void WarnOfLinkType(const std::string& interface, int link_type);

}  // namespace ntm
