// What is logged where the traffic of an interface is not counted as one might
// expect.
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
// If Decode() does not know it.
void WarnOfLinkType(const std::string& interface, int link_type);

}  // namespace ntm
