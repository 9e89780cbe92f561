#include <chrono>
#include <memory>
#include <utility>

#include "app/host/module_host.h"
#include "console_report.h"
#include "factories.h"
#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/net/services.h"
#include "run.h"
#include "signals.h"

namespace ntm {

int RunOnce(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  const auto time_ns = WallTimeNs();
  const auto services = std::make_shared<const Services>();
  const auto traffic_classes = MakeTrafficClasses(options);
  ModuleHost host({options.metric_prefix, options.telemetry_path, false, true},
                  std::move(modules), [time_ns, services, traffic_classes] {
                    auto snapshot = std::make_shared<Snapshot>();
                    snapshot->time_ns = time_ns;
                    snapshot->services = services;
                    snapshot->traffic_classes = traffic_classes;
                    return snapshot;
                  });
  signals::TakeCare();
  host.Open();
  host.Start();
  host.OnTick(time_ns, std::chrono::nanoseconds(0));
  const auto cycle = host.reports().cycle;
  if (cycle == nullptr) {
    throw Error("cannot report: the interfaces could not be read; see the log");
  }
  // A second tick, in which the history reads the reports of the first one.
  host.OnTick(time_ns, std::chrono::nanoseconds(0));
  signals::EndStart();
  PrintReport(*cycle);
  return 0;
}

}  // namespace ntm
