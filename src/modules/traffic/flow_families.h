// Writes ntm_bytes_total and ntm_packets_total straight from a snapshot.
//
// Units    bytes are IP total length.
// Shape    labels dst, proto, service, src, in this order; flows in the order
//          in which they were seated. Labels are rendered once for both
//          families.
// Threads  a pure function.
#pragma once

#include "ntm/exposition/exposition.h"
#include "ntm/flow/snapshot.h"

namespace ntm::traffic {

void WriteFlowFamilies(const Snapshot& snapshot, Exposition* out);

}  // namespace ntm::traffic
