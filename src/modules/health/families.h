// Writes the families of the network's health.
//
// Units    seconds, segments, bytes.
// Threads  pure but for `out`.
#pragma once

#include "ntm/exposition/exposition.h"
#include "ntm/flow/snapshot.h"

namespace ntm::health {

void WriteTcp(const Snapshot& fresh, Exposition* out);
void WriteDns(const Snapshot& fresh, Exposition* out);
void WriteErrors(const WireHealth& health, Exposition* out);

}  // namespace ntm::health
