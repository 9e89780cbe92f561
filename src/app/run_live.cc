#include <spdlog/spdlog.h>

#include <chrono>
#include <mutex>
#include <random>

#include "assembly.h"
#include "console_report.h"
#include "ntm/dns_tap.h"
#include "ntm/error.h"
#include "ntm/exporter.h"
#include "ntm/live_capture.h"
#include "ntm/pipeline.h"
#include "run.h"
#include "service_state.h"
#include "signals.h"

namespace ntm {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;
using std::chrono::system_clock;

constexpr std::chrono::seconds kTickInterval{1};

int64_t WallTimeNs() {
  return std::chrono::duration_cast<nanoseconds>(
             system_clock::now().time_since_epoch())
      .count();
}

uint64_t RandomSeed() {
  std::random_device device;
  return uint64_t{device()} << 32 | device();
}

class LiveRun {
 public:
  LiveRun(const Options& options, std::vector<std::unique_ptr<Module>> modules)
      : options_(options),
        anonymizer_(MakeAnonymizer(options)),
        interfaces_(InterfacesOf(options)),
        pipeline_(options.max_series, RandomSeed(), LoadServices(options),
                  options.labels, options.capture_threads,
                  MakeTrafficClasses(options)),
        capture_(CaptureOptionsOf(options, interfaces_), &pipeline_),
        listeners_(DnsListenersOf(options, modules)),
        exporter_({options.metric_prefix, options.telemetry_path, false},
                  std::move(modules), [this] { return TakeSnapshot(); }) {}

  int Run() {
    FollowLocalNetworks();
    exporter_.Start();
    FollowNames();
    std::vector<std::unique_ptr<DnsTap>> taps;
    for (DnsListener* listener : listeners_) {
      taps.push_back(std::make_unique<DnsTap>(interfaces_, options_.promiscuous,
                                              listener));
      taps.back()->Start();
    }
    const auto server = Serve(options_, &exporter_);
    capture_.Start();
    service_.Ready();
    RunTimeLine();
    service_.Stopping();
    server->Stop();
    capture_.Stop();
    if (capture_.finished()) {
      PrintExposition(exporter_);
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
    auto snapshot = std::make_shared<Snapshot>();
    snapshot->time_ns = WallTimeNs();
    snapshot->anonymizer = anonymizer_;
    {
      const std::scoped_lock lock(pipeline_.lock());
      pipeline_.CopyTo(snapshot.get());
      capture_.AddTo(snapshot.get());
    }
    pipeline_.Merge(snapshot.get());
    return snapshot;
  }

  // Ticks on the second until a signal or the end of --count.
  void RunTimeLine() {
    auto last = steady_clock::now();
    auto next = last + kTickInterval;
    while (!capture_.finished()) {
      // Short enough to see --count's end without a tick's delay.
      const auto wait = std::min<nanoseconds>(next - steady_clock::now(),
                                              std::chrono::milliseconds(100));
      if (signals::Wait(wait)) return;
      const auto now = steady_clock::now();
      if (now < next) continue;
      Tick(now, now - last);
      last = now;
      next += kTickInterval;
      // After a suspension the missed ticks are not made up for.
      if (next < now) next = now + kTickInterval;
    }
  }

  void Tick(steady_clock::time_point now, nanoseconds elapsed) {
    capture_.CheckLinks(now.time_since_epoch());
    FollowLocalNetworks();
    FollowNames();
    const int64_t wall_ns = WallTimeNs();
    const nanoseconds idle_timeout = options_.idle_timeout;
    if (idle_timeout.count() > 0) {
      pipeline_.EvictIdle(wall_ns - idle_timeout.count());
    }
    exporter_.OnTick(wall_ns, elapsed);
    const auto& cycle = exporter_.posts().cycle;
    if (options_.report && cycle != nullptr) PrintReport(*cycle);
    service_.Alive(now.time_since_epoch());
  }

  // Addresses come and go, as by DHCP.
  void FollowLocalNetworks() {
    auto networks = LocalNetworksOf(options_, interfaces_);
    if (local_networks_ && *networks == *local_networks_) return;
    local_networks_ = networks;
    pipeline_.SetLocalNetworks(networks);
    exporter_.SetLocalNetworks(networks);
  }

  void FollowNames() {
    const auto names = exporter_.LabelNames();
    if (names && !anonymizer_) pipeline_.SetNames(names);
  }

  const Options& options_;
  ServiceState service_;
  std::shared_ptr<const Anonymizer> anonymizer_;
  std::vector<std::string> interfaces_;
  Pipeline pipeline_;
  LiveCapture capture_;
  std::vector<DnsListener*> listeners_;
  Exporter exporter_;
  std::shared_ptr<const LocalNetworks> local_networks_;
};

}  // namespace

int RunLive(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  return LiveRun(options, std::move(modules)).Run();
}

}  // namespace ntm
