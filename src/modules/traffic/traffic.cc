// Conversations: the flow metrics, GET /api/flows, and the state of the series
// limit.

#include <memory>
#include <mutex>
#include <utility>

#include "active_flows.h"
#include "flow_answer.h"
#include "flow_families.h"
#include "ntm/exposition/family.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"
#include "ntm/module/stored_tables.h"

namespace ntm::traffic {
namespace {

class Traffic : public Module, public OtherRuns, public TableOwner {
 public:
  std::string_view name() const noexcept override { return "traffic"; }
  bool runs_on_files() const noexcept override { return true; }

  StoredTables* stored_tables() override { return &active_flows_; }

  void OnTick(const Tick& tick) override {
    // now_ is changed only by this thread, so it can be read without the lock.
    active_flows_.Take(*tick.snapshot, now_.get(), tick.reports.qos.get());
    const std::scoped_lock lock(mutex_);
    before_ = std::exchange(now_, tick.snapshot);
    report_ = tick.reports.qos;
    names_ = tick.reports.names;
    // The previous snapshot is kept only while somebody requests /api/flows.
    if (ticks_until_forgotten_ == 0) before_.reset();
    if (ticks_until_forgotten_ > 0) --ticks_until_forgotten_;
  }

  std::vector<Route> Routes() override {
    return {{"GET", "/api/flows",
             "conversations, as JSON: ?sort, limit, host, service",
             [this](const HttpRequest& request) { return Serve(request); }}};
  }

  void Expose(const Snapshot& fresh, Exposition& out) const override {
    WriteFlowFamilies(fresh, &out);

    auto series =
        GaugeFamily("ntm_series", "Series in use, including those of 'other'.");
    AddSample(&series, {}, static_cast<double>(fresh.flows.size()));
    auto limit = GaugeFamily("ntm_series_limit", "Maximum number of series.");
    AddSample(&limit, {}, static_cast<double>(fresh.series_limit));
    auto evicted_series =
        CounterFamily("ntm_evicted_series_total", "Series that were evicted.");
    AddSample(&evicted_series, {}, static_cast<double>(fresh.evicted_series));
    auto evicted_bytes = CounterFamily("ntm_evicted_bytes_total",
                                       "Bytes counted by evicted series.");
    AddSample(&evicted_bytes, {}, static_cast<double>(fresh.evicted_bytes));
    auto evicted_packets = CounterFamily("ntm_evicted_packets_total",
                                         "Packets counted by evicted series.");
    AddSample(&evicted_packets, {}, static_cast<double>(fresh.evicted_packets));
    out.Write({series, limit, evicted_series, evicted_bytes, evicted_packets});
  }

 private:
  static constexpr int kTicksRemembered = 60;

  HttpResponse Serve(const HttpRequest& request) {
    std::shared_ptr<const Snapshot> now;
    std::shared_ptr<const Snapshot> before;
    std::shared_ptr<const QosReport> report;
    std::shared_ptr<const NameReport> names;
    {
      const std::scoped_lock lock(mutex_);
      now = now_;
      before = before_;
      report = report_;
      names = names_;
      ticks_until_forgotten_ = kTicksRemembered;
    }
    return AnswerFlows(request, now.get(), before.get(), report.get(),
                       names ? names->names.get() : nullptr);
  }

  ActiveFlows active_flows_;

  mutable std::mutex mutex_;
  // Guarded by mutex_: the last two ticks'.
  std::shared_ptr<const Snapshot> now_;
  std::shared_ptr<const Snapshot> before_;
  std::shared_ptr<const QosReport> report_;  // null without the module qos
  std::shared_ptr<const NameReport> names_;  // null: none are shown
  int ticks_until_forgotten_ = 0;            // since the last request
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Traffic>(); }

}  // namespace ntm::traffic
