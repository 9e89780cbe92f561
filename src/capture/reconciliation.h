// Compares what was captured from an interface with what the kernel counted
// there, from one call to the next.
//
// Units    bytes with the link header.
// Threads  one at a time.
// Errors   none.
#pragma once

#include <cstdint>
#include <optional>

#include "ntm/net/link.h"

namespace ntm {

class Reconciliation {
 public:
  // Forgets what was before: the interface was just opened, and so much had
  // been captured until then. Without a link the first Next() has no answer.
  void Begin(const std::optional<LinkState>& link, uint64_t captured_bytes);

  // Captured bytes by counted bytes since the last call; absent where the
  // kernel counted nothing, or counts something else (a bridge).
  std::optional<double> Next(const LinkState& link, uint64_t captured_bytes);

 private:
  std::optional<LinkState> last_link_;
  uint64_t last_captured_bytes_ = 0;
};

}  // namespace ntm
