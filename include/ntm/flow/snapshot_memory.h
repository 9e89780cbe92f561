// Memory for snapshots: the flows of a snapshot that nobody needs any more
// serve for the next one, because new memory costs more in page faults than the
// copy itself.
//
// Shape    at most one copy of the flows is kept in reserve, and none that is
//          more than four times as large as was needed last.
// Threads  Make() on any thread; the snapshots end on any, also after this
//          object.
// Errors   none.
#pragma once

#include <memory>

#include "ntm/flow/snapshot.h"

namespace ntm {

class SnapshotMemory {
 public:
  SnapshotMemory();

  // An empty snapshot, whose vectors may have room.
  std::shared_ptr<Snapshot> Make();

 private:
  struct Reserve;

  std::shared_ptr<Reserve> reserve_;
};

}  // namespace ntm
