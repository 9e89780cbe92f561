// A module that takes part in other runs than a live one.
//
// Threads  main thread, after AddOptions().
// Errors   none.
#pragma once

namespace ntm {

class OtherRuns {
 public:
  virtual ~OtherRuns() = default;

  // Returns true iff it also runs with -r FILE, where nothing may depend on the
  // clock or the machine.
  virtual bool runs_on_files() const noexcept { return false; }

  // Returns true iff it takes part in one cycle of the interfaces' counters
  // (--once), which answers a question: nothing is written that was not asked
  // for.
  virtual bool runs_once() const noexcept { return false; }
};

}  // namespace ntm
