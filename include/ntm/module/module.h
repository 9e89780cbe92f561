// The seam: every feature that is not the packet path is a Module. What only a
// few of them need is a small class of its own, from which such a module
// derives as well; the host finds out at the start which do:
//
//   command_line.h     subcommands, and other things that words ask for
//   other_runs.h       takes part in -r FILE or --once as well
//   needed_rights.h    what it needs beyond what every module may
//   stored_tables.h    tables of its own in the database
//   host_naming.h      names of hosts
//   packet_logging.h   packets one by one
//   live_output.h      WebSocket, and the last word in a tick
//
// Life     AddOptions() → Open() → Start() → OnTick() … → Stop(), in reverse
//          order. Between Open() and Start() the program's rights are dropped.
// Threads  OnTick() on the main thread; Collect(), Expose() and the handlers of
//          Routes() on the HTTP server's threads, at any time after Start(),
//          also at the same time as OnTick().
// Errors   Open() throws ntm::Error to refuse the start. What OnTick() or
//          Expose() throws is counted and logged by the host; the module is
//          then down (ntm_module_up 0) until a call succeeds again, and the
//          others go on.
#pragma once

#include <prometheus/collectable.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "ntm/exposition/exposition.h"
#include "ntm/flow/snapshot.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"

namespace ntm {

class OptionDeclarer;

struct Tick {
  int64_t time_ns = 0;                 // wall clock, or the packets' own (-r)
  std::chrono::nanoseconds elapsed{};  // since the tick before
  std::shared_ptr<const Snapshot> snapshot;
  Reports reports;                 // what the modules said in the tick before
  Reports* new_reports = nullptr;  // what they say now; never null in OnTick()
};

class Module : public prometheus::Collectable {
 public:
  virtual std::string_view name() const noexcept = 0;

  // Its own flags, each of which is an environment variable and a key of the
  // configuration file as well.
  virtual void AddOptions(OptionDeclarer& /*options*/) {}

  // Opens what it needs, with the rights that the program was started with.
  // Starts no thread: the kernel keeps rights per thread. After this, what is
  // opened must be in the state directory, or be named by an option and be
  // there already.
  virtual void Open() {}

  // Starts its threads, after the rights are dropped.
  virtual void Start() {}

  virtual void OnTick(const Tick& /*tick*/) {}

  // No tick, scrape or request comes any more: ends its threads and writes what
  // is left. Only what was opened is stopped. Must not throw.
  virtual void Stop() {}

  // Families that do not depend on the snapshot of this scrape.
  std::vector<prometheus::MetricFamily> Collect() const override { return {}; }

  // Writes its families; `fresh` is this scrape's own snapshot, the same for
  // every module, and outlives the exposition with its streams of samples.
  virtual void Expose(const Snapshot& /*fresh*/, Exposition& out) const {
    out.Write(Collect());
  }

  // Asked once, after Open().
  virtual std::vector<Route> Routes() { return {}; }
};

}  // namespace ntm
