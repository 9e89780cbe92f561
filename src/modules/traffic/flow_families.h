// Writes ntm_bytes_total and ntm_packets_total directly from a snapshot.
//
// Units    bytes are IP total length.
// Shape    the enabled labels in alphabetical order; flows in the order of the
//          snapshot.
// Memory   the samples are written piece by piece; the snapshot must outlive
//          the exposition.
// Threads  a pure function.
#pragma once

#include "ntm/exposition/exposition.h"
#include "ntm/flow/snapshot.h"

namespace ntm::traffic {

void WriteFlowFamilies(const Snapshot& snapshot, Exposition* out);

}  // namespace ntm::traffic
