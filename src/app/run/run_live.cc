#include <spdlog/spdlog.h>

#include <chrono>
#include <mutex>
#include <utility>

#include "app/host/module_host.h"
#include "app/options/web_settings.h"
#include "app/sandbox/rights.h"
#include "app/serve/reload_endpoint.h"
#include "app/serve/web_server.h"
#include "console_report.h"
#include "factories.h"
#include "idle_horizon.h"
#include "ntm/base/error.h"
#include "ntm/base/hash_seed.h"
#include "ntm/base/thread_work.h"
#include "ntm/base/unix_time.h"
#include "ntm/capture/live_capture.h"
#include "ntm/capture/pipeline.h"
#include "ntm/capture/tap.h"
#include "ntm/flow/snapshot_memory.h"
#include "reloading.h"
#include "run.h"
#include "signals.h"
#include "systemd_notify.h"

namespace ntm {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr std::chrono::seconds kTickInterval{1};

class LiveRun {
 public:
  LiveRun(const Options& options, std::vector<std::unique_ptr<Module>> modules)
      : options_(options),
        reloading_(options),
        rights_(options_),
        anonymizer_(MakeAnonymizer(options)),
        interfaces_(InterfacesOf(options)),
        pipeline_(options.max_series, RandomHashSeed(), LoadServices(options),
                  options.labels, options.capture_threads,
                  MakeTrafficClasses(options), options.conversations),
        capture_(CaptureOptionsOf(options, interfaces_), &pipeline_),
        tap_plans_(TapsOf(options, true, *pipeline_.traffic_classes(), modules)),
        packet_log_(PacketLogOf(modules)),
        host_({options.metric_prefix, options.telemetry_path, false},
              std::move(modules), [this] { return TakeSnapshot(); }),
        server_(options_, &host_) {}

  int Run() {
    UpdateLocalNetworks();
    host_.SetTrafficClasses(pipeline_.traffic_classes(), options_.anonymize);
    WarnOfUnusedDomains(options_, host_.LearnsServers());
    pipeline_.LogTo(packet_log_, anonymizer_);
    rights_.Prepare(host_.WrittenPaths());
    signals::TakeCare();
    host_.Open();
    UpdateNames();
    std::vector<std::unique_ptr<Tap>> taps;
    for (TapPlan& plan : tap_plans_) {
      taps.push_back(std::make_unique<Tap>(interfaces_, options_.promiscuous,
                                           std::move(plan)));
    }
    if (options_.lifecycle) server_.AddRoute(reload_endpoint_.MakeRoute());
    server_.Bind();
    signals::PauseStart();
    rights_.Drop(host_.WrittenPaths(), ReloadedPaths(), host_.NeedsNetAdmin());
    signals::ResumeStart();
    host_.Start();
    host_.SetFamily(rights_.Family());
    SetReloadFamily();
    for (const auto& tap : taps) tap->Start();
    capture_.Start();
    // Before the first request, so that every route has data for its response.
    host_.OnTick(WallTimeNs(), nanoseconds(0));
    server_.Start();
    systemd_.Ready();
    if (!signals::EndStart()) RunTimeLine();
    systemd_.Stopping();
    reload_endpoint_.Close();
    server_.Stop();
    capture_.Stop();
    if (capture_.finished()) {
      PrintExposition(host_);
    } else if (options_.report) {
      PrintText("Monitoring stopped.\n");
    }
    return 0;
  }

 private:
  static LiveCaptureOptions CaptureOptionsOf(
      const Options& options, const std::vector<std::string>& interfaces) {
    LiveCaptureOptions capture_options;
    capture_options.interfaces = interfaces;
    capture_options.settings = CaptureSettingsOf(options);
    capture_options.wait_for_interface = options.wait_interface;
    capture_options.max_packets = options.count;
    return capture_options;
  }

  std::shared_ptr<const Snapshot> TakeSnapshot() {
    auto snapshot = snapshots_.Make();
    snapshot->time_ns = WallTimeNs();
    snapshot->anonymizer = anonymizer_;
    pipeline_.MakeRoom(snapshot.get());
    {
      const std::scoped_lock lock(pipeline_.lock());
      pipeline_.CopyTo(snapshot.get());
      capture_.AddTo(snapshot.get());
    }
    capture_.AddStatisticsTo(snapshot.get());
    pipeline_.Merge(snapshot.get());
    return snapshot;
  }

  // Applies all changes or, on an error, none; counters do not change.
  void Reload() {
    std::string error;
    try {
      Options wanted = reloading_.Read();
      WebSettings web = ReadWebSettings(wanted, host_.WritesNeedToken());
      auto networks = LocalNetworksOf(wanted, interfaces_);
      // The last call that can throw; it then changes nothing.
      server_.Take(std::move(web));
      reloading_.Take(std::move(wanted), &options_);
      Use(std::move(networks));
      spdlog::info("the configuration was reloaded");
    } catch (const std::exception& refused) {
      error = refused.what();
    } catch (...) {
      error = "unknown exception";
    }
    if (!error.empty()) {
      spdlog::error("reload failed: {}; the old configuration stays in effect",
                    error);
    }
    reloading_.Note(error.empty(), WallTimeNs());
    SetReloadFamily();
    reload_endpoint_.Answer(error);
  }

  void SetReloadFamily() {
    for (auto& family : reloading_.Families()) {
      host_.SetFamily(std::move(family));
    }
  }

  // The files that a reload reads; the sandbox must allow it.
  std::vector<std::string> ReloadedPaths() const {
    std::vector<std::string> paths = server_.paths();
    if (!options_.config_path.empty()) paths.push_back(options_.config_path);
    return paths;
  }

  // Ticks once a second until a signal arrives or --count is reached.
  void RunTimeLine() {
    auto last = steady_clock::now();
    auto next = last + kTickInterval;
    horizon_.Begin(WallTimeNs());
    while (!capture_.finished()) {
      // Short, so that reaching --count is noticed before the next tick.
      const auto wait = std::min<nanoseconds>(next - steady_clock::now(),
                                              std::chrono::milliseconds(100));
      if (signals::Wait(wait)) return;
      // Soon after the name is known, because the connection begins then.
      naming_.Run(
          [this] { pipeline_.SetServerClasses(host_.ServersWithClass()); });
      if (signals::TakeReload() || reload_endpoint_.IsAsked()) Reload();
      const auto now = steady_clock::now();
      if (now < next) continue;
      tick_.Run([&] { Tick(now, now - last); });
      last = now;
      next += kTickInterval;
      // After a suspension the missed ticks are skipped.
      if (next < now) next = now + kTickInterval;
    }
  }

  void Tick(steady_clock::time_point now, nanoseconds elapsed) {
    capture_.CheckLinks(now.time_since_epoch());
    UpdateLocalNetworks();
    UpdateNames();
    server_.OnTick();
    const int64_t wall_ns = WallTimeNs();
    const nanoseconds idle_timeout = options_.idle_timeout;
    if (idle_timeout.count() > 0) {
      if (const auto before_ns = horizon_.At(wall_ns, elapsed, idle_timeout)) {
        pipeline_.EvictIdle(*before_ns);
      }
    }
    pipeline_.AgeConversations(wall_ns);
    host_.OnTick(wall_ns, elapsed);
    const auto& cycle = host_.reports().cycle;
    if (options_.report && cycle != nullptr) PrintReport(*cycle);
    systemd_.Alive(now.time_since_epoch());
  }

  // The interfaces' addresses can change, for example by DHCP.
  void UpdateLocalNetworks() { Use(LocalNetworksOf(options_, interfaces_)); }

  void Use(std::shared_ptr<const LocalNetworks> networks) {
    if (local_networks_ && *networks == *local_networks_) return;
    local_networks_ = networks;
    pipeline_.SetLocalNetworks(networks);
    host_.SetLocalNetworks(networks);
    server_.SetLocalNetworks(networks);
  }

  void UpdateNames() {
    const auto names = host_.LabelNames();
    if (names && !anonymizer_) pipeline_.SetNames(names);
  }

  Options options_;
  Reloading reloading_;
  ReloadEndpoint reload_endpoint_;
  Rights rights_;
  SystemdNotifier systemd_;
  std::shared_ptr<const Anonymizer> anonymizer_;
  std::vector<std::string> interfaces_;
  Pipeline pipeline_;
  LiveCapture capture_;
  std::vector<TapPlan> tap_plans_;         // until Run() uses them
  std::shared_ptr<PacketLog> packet_log_;  // null: none
  SnapshotMemory snapshots_;
  ModuleHost host_;
  WebServer server_;
  std::shared_ptr<const LocalNetworks> local_networks_;
  IdleHorizon horizon_;
  ExceptionGuard tick_{"tick"};
  ExceptionGuard naming_{"classes by name"};
};

}  // namespace

int RunLive(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  return LiveRun(options, std::move(modules)).Run();
}

}  // namespace ntm
