#include <spdlog/spdlog.h>

#include <chrono>
#include <mutex>
#include <random>

#include "assembly.h"
#include "ntm/dns_tap.h"
#include "ntm/error.h"
#include "ntm/exporter.h"
#include "ntm/live_capture.h"
#include "ntm/pipeline.h"
#include "run.h"
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

// Ticks on the second until a signal or the end of --count.
void RunTimeLine(nanoseconds idle_timeout, Pipeline* pipeline,
                 LiveCapture* capture, Exporter* exporter) {
  auto last = steady_clock::now();
  auto next = last + kTickInterval;
  while (!capture->finished()) {
    // Short enough to see --count's end without a tick's delay.
    const auto wait = std::min<nanoseconds>(next - steady_clock::now(),
                                            std::chrono::milliseconds(100));
    if (signals::Wait(wait)) return;
    const auto now = steady_clock::now();
    if (now < next) continue;
    capture->CheckLinks(now.time_since_epoch());
    const int64_t wall_ns = WallTimeNs();
    if (idle_timeout.count() > 0) {
      pipeline->EvictIdle(wall_ns - idle_timeout.count());
    }
    exporter->OnTick(wall_ns, now - last);
    last = now;
    next += kTickInterval;
    // After a suspension the missed ticks are not made up for.
    if (next < now) next = now + kTickInterval;
  }
}

}  // namespace

int RunLive(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  const auto services = LoadServices(options);
  const auto anonymizer = MakeAnonymizer(options);
  Pipeline pipeline(options.max_series, RandomSeed(), services,
                    options.capture_threads);
  LiveCaptureOptions capture_options;
  capture_options.interfaces = InterfacesOf(options);
  capture_options.settings = CaptureSettingsOf(options);
  capture_options.wait_for_interface = options.wait_interface;
  capture_options.max_packets = options.count;
  const std::vector<std::string> interfaces = capture_options.interfaces;
  LiveCapture capture(std::move(capture_options), &pipeline);

  const auto listeners = DnsListenersOf(options, modules);
  Exporter exporter({options.metric_prefix, options.telemetry_path, false},
                    std::move(modules), [&] {
                      auto snapshot = std::make_shared<Snapshot>();
                      snapshot->time_ns = WallTimeNs();
                      snapshot->anonymizer = anonymizer;
                      {
                        const std::scoped_lock lock(pipeline.lock());
                        pipeline.CopyTo(snapshot.get());
                        capture.AddTo(snapshot.get());
                      }
                      pipeline.Merge(snapshot.get());
                      return snapshot;
                    });
  exporter.Start();
  std::vector<std::unique_ptr<DnsTap>> taps;
  for (DnsListener* listener : listeners) {
    taps.push_back(
        std::make_unique<DnsTap>(interfaces, options.promiscuous, listener));
    taps.back()->Start();
  }
  const auto server = Serve(options, &exporter);
  capture.Start();
  RunTimeLine(options.idle_timeout, &pipeline, &capture, &exporter);
  server->Stop();
  capture.Stop();
  if (capture.finished()) PrintExposition(exporter);
  return 0;
}

}  // namespace ntm
