// Runs the modules: ticks them, writes /metrics with their families, and
// isolates modules that fail.
//
// Shape    a scrape takes a snapshot, which all modules use; families are in
//          the order of the modules' names. /metrics is written in blocks while
//          the client receives it (scrape_stream.h). If scrapes come so fast
//          that the snapshots would delay the capture, they share a snapshot,
//          which is at most a second old; so they do while slow clients hold
//          several.
//          /-/ready reports the state at the last tick or
//          scrape, so that a request for it costs nothing.
// Threads  Open(), Start(), Stop(), SetLocalNetworks(), OnTick(),
//          ServersWithClass() and NoteReadiness() on the main thread; Scrape()
//          and the handlers of Routes() on any.
// Errors   Open() and Start() throw a module's ntm::Error. If a module throws
//          later, the error is counted (ntm_module_errors_total), logged at
//          most once a minute, and the module is down (ntm_module_up 0) until
//          such a call succeeds; its families are left out of that scrape.
#pragma once

#include <prometheus/metric_family.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ntm/base/unix_time.h"
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
  // With -r: no families that depend on the clock or the machine.
  bool files_only = false;
  // With --once: only modules with runs_once().
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

  // Updates the state that /-/ready reports, as a tick does. For a state change
  // between two ticks.
  void NoteReadiness();

  // The modules' reports of the last tick; main thread only.
  const Reports& reports() const { return reports_; }

  // The current host names for labels; null if names are not used in labels.
  std::shared_ptr<const HostNames> LabelNames() const;

  // See HostNaming. Before Open().
  void SetTrafficClasses(const std::shared_ptr<const TrafficClasses>& classes,
                         bool hides_names);
  // Returns true iff a module learns names of servers from the traffic.
  bool LearnsServers() const;
  // The servers whose names give them a class of traffic; null if there are
  // none. Main thread.
  std::shared_ptr<const ServerClasses> ServersWithClass() const;

  // The exposition of a snapshot of its own.
  std::string Scrape(ExpositionFormat format) const;
  // The same, appended to `text`.
  void Scrape(ExpositionFormat format, std::string* text) const;

  // A snapshot is shared for this many times the time that it took, so that
  // taking snapshots uses at most a twentieth of the time, however many scrapes
  // there are.
  static constexpr int kCopyServesTimes = 20;

  // Returns true iff a module requires a token for every write.
  bool WritesNeedToken() const;

  // Returns true iff a module needs CAP_NET_ADMIN while it runs.
  bool NeedsNetAdmin() const;

  // The files that modules write outside of the state directory.
  std::vector<std::string> WrittenPaths() const;

  // Sets a family of the program itself; replaces one with the same name. Any
  // thread.
  void SetFamily(prometheus::MetricFamily family);
  // Adds a function that each scrape calls for a family, on any thread. Call
  // this before the first scrape.
  void SetFamily(std::function<prometheus::MetricFamily()> family);

  // /metrics, /-/healthy, /-/ready, the modules' routes, and a list of all
  // these at /-/links (and at / if no module has a page there).
  std::vector<Route> Routes();
  // The modules' channels.
  std::vector<std::shared_ptr<Channel>> Channels();

 private:
  class ScrapeStream;

  struct Hosted {
    std::unique_ptr<Module> module;
    bool opened = false;  // main thread only
    // Guarded by mutex_. Whether the last tick and the last exposition
    // succeeded; the module is up if both did.
    bool ticks = true;
    bool exposes = true;
    uint64_t errors = 0;
    std::chrono::steady_clock::time_point logged_at{};
  };

  // Calls a module and sets `works` to whether it succeeded; returns false iff
  // it threw.
  bool Guard(Hosted* hosted, bool Hosted::*works,
             const std::function<void()>& call) const;
  // `spent`: on this exposition, without waiting for the client.
  void WriteOwnFamilies(std::chrono::nanoseconds spent, Exposition* out) const;
  std::shared_ptr<const Snapshot> SharedSnapshot() const;
  // Takes a snapshot, and sets until when scrapes may share it, and readiness_.
  // REQUIRES: copy_mutex_ held.
  std::shared_ptr<const Snapshot> TakeShared() const;
  HttpResponse ServeMetrics(const HttpRequest& request) const;
  HttpResponse ServeReady() const;
  HttpResponse ServeLandingPage(const std::vector<Route>& routes) const;

  // Constant after construction.
  ModuleHostOptions options_;
  TakeSnapshot take_snapshot_;
  const int64_t began_ns_ = WallTimeNs();  // before anything was counted

  std::vector<prometheus::MetricFamily> families_;  // guarded by mutex_
  std::vector<std::function<prometheus::MetricFamily()>> family_functions_;

  Reports reports_;  // of the last tick; main thread only

  // Held while a snapshot is taken; scrapes that wait for it share it.
  mutable std::mutex copy_mutex_;
  mutable std::shared_ptr<const Snapshot> copy_;
  mutable std::chrono::steady_clock::time_point copied_at_{};
  mutable std::chrono::steady_clock::time_point copy_until_{};
  mutable std::vector<std::weak_ptr<const Snapshot>> scraped_;

  mutable std::mutex mutex_;
  mutable Readiness readiness_{false, "it is starting"};
  std::vector<std::unique_ptr<Hosted>> modules_;

  // Constant after construction: the modules of the modules that are these as
  // well.
  std::vector<HostNaming*> naming_;
  std::vector<NeededRights*> rights_;
  std::vector<TableOwner*> table_owners_;
  std::vector<TableKeeper*> table_keepers_;
  std::vector<LiveOutput*> live_outputs_;
};

// Ready iff frames can arrive on every interface, or the file has been read to
// its end.
Readiness ReadinessOf(const Snapshot& snapshot);

}  // namespace ntm
