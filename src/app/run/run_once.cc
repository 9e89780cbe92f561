#include <chrono>
#include <memory>
#include <utility>

#include "assembly.h"
#include "console_report.h"
#include "ntm/error.h"
#include "ntm/exporter.h"
#include "ntm/services.h"
#include "ntm/unix_time.h"
#include "run.h"
#include "signals.h"

namespace ntm {

int RunOnce(const Options& options,
            std::vector<std::unique_ptr<Module>> modules) {
  const auto time_ns = WallTimeNs();
  const auto services = std::make_shared<const Services>();
  const auto traffic_classes = MakeTrafficClasses(options);
  Exporter exporter(
      {options.metric_prefix, options.telemetry_path, false, true},
      std::move(modules), [time_ns, services, traffic_classes] {
        auto snapshot = std::make_shared<Snapshot>();
        snapshot->time_ns = time_ns;
        snapshot->services = services;
        snapshot->traffic_classes = traffic_classes;
        return snapshot;
      });
  signals::TakeCare();
  exporter.Start();
  exporter.OnTick(time_ns, std::chrono::nanoseconds(0));
  const auto cycle = exporter.posts().cycle;
  if (cycle == nullptr) {
    throw Error(
        "cannot report: the interfaces could not be read; the log says why");
  }
  // A second one, in which the history, where it is asked for, reads what the
  // first has brought.
  exporter.OnTick(time_ns, std::chrono::nanoseconds(0));
  signals::EndStart();
  PrintReport(*cycle);
  return 0;
}

}  // namespace ntm
