// The seam: every feature that is not the packet line is a Module.
//
// Life     AddOptions() → SetLocalNetworks(), SetStoredTables() → Start() →
//          OnTick() … → Stop(), in reverse order.
// Threads  OnTick() on the main thread; Collect(), Expose()
// and the handlers of
//          Routes() on the HTTP server's threads, at any time after Start(),
//          also at the same time as OnTick().
// Errors   Start() throws ntm::Error to refuse the start. What OnTick() or
//          Expose() throws is counted and logged by the exporter; the module
//          is then down (ntm_module_up 0) until a call succeeds again, and the
//          others go on.
#pragma once

#include <prometheus/collectable.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/exposition/exposition.h"
#include "ntm/flow/packet_log.h"
#include "ntm/flow/snapshot.h"
#include "ntm/http/channel.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"
#include "ntm/module/stored_tables.h"
#include "ntm/net/dns_listener.h"
#include "ntm/net/host_names.h"
#include "ntm/net/local_networks.h"

namespace ntm {

class OptionDeclarer;

struct Tick {
  int64_t time_ns = 0;                 // wall clock, or the packets' own (-r)
  std::chrono::nanoseconds elapsed{};  // since the tick before
  std::shared_ptr<const Snapshot> snapshot;
  Reports reports;                 // what the modules said in the tick before
  Reports* new_reports = nullptr;  // what they say now; never null in OnTick()
};

// A word in front of the options that asks for something else than a run, as in
// `ntm history --day 2026-01-31`. Nothing is started for it.
struct Subcommand {
  // One of its own options, for the help.
  struct Option {
    std::string name;  // with what it takes: "--day DAY"
    std::string help;
  };

  std::string name;
  std::string usage;    // what may follow it: "[--day DAY] [--json]"
  std::string summary;  // one line
  std::string help;     // whole sentences
  std::vector<Option> options;
  // Takes its own words out of those that followed it; the rest are options of
  // ntm's. Throws ntm::Error.
  std::function<void(std::vector<std::string>* words)> take;
  // Called once the options have their values; returns the exit code.
  std::function<int()> run;
};

class Module : public prometheus::Collectable {
 public:
  virtual std::string_view name() const noexcept = 0;

  // Returns true iff it also runs with -r FILE, where nothing may depend on the
  // clock or the machine.
  virtual bool runs_on_files() const noexcept { return false; }

  // Returns true iff it takes part in one cycle of the interfaces' counters
  // (--once), which answers a question: nothing is written that was not asked
  // for. Known after AddOptions().
  virtual bool runs_once() const noexcept { return false; }

  // Its own flags, each of which is an environment variable and a key of the
  // configuration file as well.
  virtual void AddOptions(OptionDeclarer& /*options*/) {}

  virtual std::vector<Subcommand> Subcommands() { return {}; }

  // Throws ntm::Error for what Start() would refuse of its options and of those
  // of their files that can be read, but opens nothing else and needs no right.
  // For --check-config, after AddOptions().
  virtual void CheckOptions() const {}

  // Its options are accepted, and this process goes by them: what they change
  // for all of it is changed here, and never while they are read, as a reload
  // reads them too. Main thread, after AddOptions(), before any other thread.
  virtual void TakeEffect() {}

  // Does what its options ask for in place of a run and returns the exit code;
  // nothing where they ask for none. The first module that does something
  // counts. Main thread, between AddOptions() and Start().
  virtual std::optional<int> RunInstead() { return std::nullopt; }

  // What is local: before Start(), and on the main thread when it changes.
  virtual void SetLocalNetworks(
      const std::shared_ptr<const LocalNetworks>& /*networks*/) {}

  // What it keeps in the database; nullptr for nothing. Asked once, before
  // Start().
  virtual StoredTables* stored_tables() { return nullptr; }

  // The tables of all modules, for the one that keeps the database; they live
  // until after Stop().
  virtual void SetStoredTables(const std::vector<StoredTables*>& /*tables*/) {}

  // Opens what it needs, with the rights that it was started with; after this
  // they are given up: what is opened later must be in the state directory, or
  // be named by an option and be there already.
  virtual void Start() {}

  virtual void OnTick(const Tick& /*tick*/) {}

  // Returns true iff it is told of a tick after all others, to show what they
  // have said in that very tick (Tick::new_reports).
  virtual bool ticks_last() const noexcept { return false; }

  // No tick, scrape or request comes any more: ends its threads and writes what
  // is left. Only what has started is stopped. Must not throw.
  virtual void Stop() {}

  // Returns true iff it changes the kernel's own settings while it runs. Known
  // after AddOptions().
  virtual bool needs_net_admin() const noexcept { return false; }

  // The files that it writes elsewhere than in the state directory, which is
  // its to write at any time. Known after Start().
  virtual std::vector<std::string> written_paths() const { return {}; }

  // Families that do not depend on the snapshot of this scrape.
  std::vector<prometheus::MetricFamily> Collect() const override { return {}; }

  // Writes its families; `fresh` is this scrape's own snapshot, the same for
  // every module.
  virtual void Expose(const Snapshot& /*fresh*/, Exposition& out) const {
    out.Write(Collect());
  }

  virtual std::vector<Route> Routes() { return {}; }

  // Returns true iff what it lets others change is too much to be taken without
  // a token, even from this machine. Known after AddOptions().
  virtual bool writes_need_token() const noexcept { return false; }

  // Its WebSocket paths; asked once, after Start().
  virtual std::vector<std::shared_ptr<Channel>> Channels() { return {}; }

  // The names of hosts as they are known now, from any thread at any time
  // after Start(); nullptr where the module knows none or is switched off. Not
  // to be shown of a snapshot with an anonymizer.
  virtual std::shared_ptr<const HostNames> host_names() const {
    return nullptr;
  }

  // Returns true iff its host_names() are to stand in src and dst instead of
  // addresses.
  virtual bool names_in_labels() const noexcept { return false; }

  // Who wants the DNS datagrams that cross the wire; nullptr for nobody. Asked
  // once, between AddOptions() and Start(), and called after Start() only.
  virtual DnsListener* dns_listener() { return nullptr; }

  // Who wants to be given packets one by one; nullptr for nobody. Asked once,
  // between AddOptions() and Start(); its lanes are there in Start(), and fed
  // from then until Stop().
  virtual std::shared_ptr<PacketLog> packet_log() { return nullptr; }
};

}  // namespace ntm
