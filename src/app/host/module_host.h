// Drives the modules: gives them their ticks, writes /metrics from them, and
// isolates the one that fails.
//
// Shape    every scrape takes a snapshot of its own, the same for all modules;
//          families come in the order of the modules' names. Those that come
//          so fast one after another that the copies would hold up the capture
//          share one, which is at most a second old. Readiness is what the
//          last tick or scrape knew, so that to be asked for it costs nothing.
// Threads  Open(), Start(), Stop(), SetLocalNetworks() and OnTick() on the main
//          thread; Scrape() and the handlers of Routes() on any.
//          NoteReadiness() on the main thread.
// Errors   Open() and Start() throw ntm::Error of a module. A module that
// throws later is
//          counted (ntm_module_errors_total), logged at most once a minute and
//          told as down (ntm_module_up 0) until such a call succeeds; the
//          families that it had written in that scrape are taken back.
#pragma once

#include <prometheus/metric_family.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ntm/exposition/exposition.h"
#include "ntm/flow/snapshot.h"
#include "ntm/http/channel.h"
#include "ntm/http/route.h"
#include "ntm/module/host_naming.h"
#include "ntm/module/live_output.h"
#include "ntm/module/module.h"
#include "ntm/module/needed_rights.h"
#include "ntm/module/reports.h"
#include "ntm/module/stored_tables.h"

namespace ntm {

struct Readiness {
  bool ready = false;
  std::string reason;  // without a name or an address
};

struct ModuleHostOptions {
  std::string metric_prefix = "ntm";
  std::string telemetry_path = "/metrics";
  // With -r: no family that depends on the clock or the machine.
  bool files_only = false;
  // With --once: no module that is not for that.
  bool once_only = false;
};

class ModuleHost {
 public:
  using TakeSnapshot = std::function<std::shared_ptr<const Snapshot>()>;

  ModuleHost(ModuleHostOptions options,
             std::vector<std::unique_ptr<Module>> modules,
             TakeSnapshot take_snapshot);

  // Before Open(), and when it changes.
  void SetLocalNetworks(const std::shared_ptr<const LocalNetworks>& networks);

  // The destructor calls Stop().
  ~ModuleHost();
  ModuleHost(const ModuleHost&) = delete;
  ModuleHost& operator=(const ModuleHost&) = delete;

  // Of all modules, in their order; Stop() in the reverse one.
  void Open();
  void Start();
  void Stop();
  void OnTick(int64_t time_ns, std::chrono::nanoseconds elapsed);

  // What a tick does as well: looks how things are, for /-/ready. For who has
  // come to an end of its work between two ticks.
  void NoteReadiness();

  // What the modules said in the last tick; main thread only.
  const Reports& reports() const { return reports_; }

  // The names that are to be labels, as they are now; null for none.
  std::shared_ptr<const HostNames> LabelNames() const;

  std::string Scrape(ExpositionFormat format) const;

  // Scrapes share a copy of the flows for so many times as long as it took to
  // be made, so that making copies never takes more than a twentieth of the
  // time, however many ask.
  static constexpr int kCopyServesTimes = 20;

  // Returns true iff a module says so of its writes.
  bool WritesNeedToken() const;

  // Returns true iff a module needs CAP_NET_ADMIN while it runs.
  bool NeedsNetAdmin() const;

  // The files that modules write elsewhere than in the state directory.
  std::vector<std::string> WrittenPaths() const;

  // A family of the program's own, in place of one of that name. Any thread.
  void SetFamily(prometheus::MetricFamily family);
  // One that is asked for with each scrape, on any thread. Before the first.
  void SetFamily(std::function<prometheus::MetricFamily()> family);

  // /metrics, /-/healthy, /-/ready, the list of all these at /-/links (and at
  // / where no module has a page), and the modules' own.
  std::vector<Route> Routes();
  // The modules' own.
  std::vector<std::shared_ptr<Channel>> Channels();

 private:
  struct Seat {
    std::unique_ptr<Module> module;
    bool opened = false;  // main thread only
    // Guarded by mutex_. Up is a module whose last tick and last exposition
    // both went well.
    bool ticks = true;
    bool exposes = true;
    uint64_t errors = 0;
    std::chrono::steady_clock::time_point logged_at{};
  };

  // Runs one call of a module and notes in `works` how it went; returns false
  // iff it threw.
  bool Guard(Seat* seat, bool Seat::*works,
             const std::function<void()>& call) const;
  // `fresh` is what all modules write of; `asked` is as Exposition::Only() has
  // it.
  std::string Write(std::chrono::steady_clock::time_point began,
                    const Snapshot& fresh, ExpositionFormat format,
                    const std::vector<std::string>& asked) const;
  void WriteOwnFamilies(std::chrono::steady_clock::time_point began,
                        Exposition* out) const;
  std::shared_ptr<const Snapshot> SharedSnapshot() const;
  // Takes one, notes how long it may serve scrapes, and what it says of
  // readiness: no scrape knows better.
  // REQUIRES: copy_mutex_ held.
  std::shared_ptr<const Snapshot> TakeShared() const;
  HttpResponse ServeMetrics(const HttpRequest& request) const;
  HttpResponse ServeReady() const;
  HttpResponse ServeLandingPage(const std::vector<Route>& routes) const;

  // Constant after construction.
  ModuleHostOptions options_;
  TakeSnapshot take_snapshot_;

  std::vector<prometheus::MetricFamily> told_;
  std::vector<std::function<prometheus::MetricFamily()>> asked_;

  mutable std::atomic<size_t> last_text_bytes_ = 0;  // of a scrape

  Reports reports_;  // of the last tick; main thread only

  // One at a time: who comes meanwhile takes that copy, too.
  mutable std::mutex copy_mutex_;
  mutable std::shared_ptr<const Snapshot> copy_;
  mutable std::chrono::steady_clock::time_point copy_until_{};

  mutable std::mutex mutex_;
  mutable Readiness readiness_{false, "it is starting"};
  std::vector<std::unique_ptr<Seat>> seats_;

  // Constant after construction: the modules of the seats that are these as
  // well.
  std::vector<HostNaming*> naming_;
  std::vector<NeededRights*> rights_;
  std::vector<TableOwner*> table_owners_;
  std::vector<TableKeeper*> table_keepers_;
  std::vector<LiveOutput*> live_outputs_;
};

// Ready iff every capture can bring frames, or the file is read to its end.
Readiness ReadinessOf(const Snapshot& snapshot);

}  // namespace ntm
