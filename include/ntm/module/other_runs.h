// The interface of a module that also runs with -r FILE or --once.
//
// Threads  main thread, after AddOptions().
// Errors   none.
#pragma once

namespace ntm {

class OtherRuns {
 public:
  virtual ~OtherRuns() = default;

  // Returns true iff it also runs with -r FILE. Its output must then not depend
  // on the clock or the machine.
  virtual bool runs_on_files() const noexcept { return false; }

  // Returns true iff it also runs with --once, which reports the interface
  // counters once. It must then write only files that an option names.
  virtual bool runs_once() const noexcept { return false; }
};

}  // namespace ntm
