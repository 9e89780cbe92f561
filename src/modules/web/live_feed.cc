#include "live_feed.h"

#include <algorithm>
#include <utility>

#include "live_json.h"
#include "ntm/http/json.h"

namespace ntm::web {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// How long rates are kept up after the last GET /api/live.
constexpr int64_t kKeepRatesNs = 60'000 * kNsPerMs;
// Ticks come a little early or late.
constexpr int64_t kToleranceNs = 200 * kNsPerMs;

Json Event(const char* name, Json data) {
  return {{"event", name}, {"data", std::move(data)}};
}

// Prefers the reports of this tick to those of the last one, to keep the page
// up to date; this module ticks last (LiveOutput).
Reports NewestOf(const Tick& tick) {
  Reports reports = tick.reports;
  const auto prefer = [](auto* old, const auto& fresh) {
    if (fresh) *old = fresh;
  };
  prefer(&reports.interfaces, tick.new_reports->interfaces);
  prefer(&reports.agents, tick.new_reports->agents);
  prefer(&reports.history, tick.new_reports->history);
  prefer(&reports.usage, tick.new_reports->usage);
  prefer(&reports.qos, tick.new_reports->qos);
  prefer(&reports.forecast, tick.new_reports->forecast);
  prefer(&reports.alerts, tick.new_reports->alerts);
  prefer(&reports.devices, tick.new_reports->devices);
  prefer(&reports.names, tick.new_reports->names);
  return reports;
}

}  // namespace

struct LiveFeed::EventData {
  Json about;
  Json update;
  Json by_type;
};

LiveFeed::LiveFeed(std::chrono::milliseconds interval)
    : interval_(interval),
      channel_(std::make_shared<Channel>("/ws", [this] { return Summary(); })) {
}

void LiveFeed::OnTick(const Tick& tick) {
  const bool is_heard = channel_->clients() != 0;
  Moment moment;
  bool is_due = false;
  {
    const std::scoped_lock lock(mutex_);
    if (!is_heard && tick.time_ns - asked_ns_ > kKeepRatesNs) {
      rated_since_ = nullptr;
    }
    last_.before = rated_since_;
    last_.now = tick.snapshot;
    last_.reports = NewestOf(tick);
    const int64_t since_ns =
        rated_since_ ? tick.snapshot->time_ns - rated_since_->time_ns : -1;
    // Negative after the clock was set back; then the event is due at once.
    is_due =
        since_ns < 0 || since_ns + kToleranceNs >= interval_.count() * kNsPerMs;
    if (is_due && (is_heard || rated_since_ != nullptr ||
                   tick.time_ns - asked_ns_ <= kKeepRatesNs)) {
      rated_since_ = tick.snapshot;
    }
    moment = last_;
  }
  if (!is_heard || !is_due || moment.now->is_file) return;
  EventData data = DataOf(moment, {});
  channel_->Broadcast(
      WriteJson(Event("traffic-update", std::move(data.update))));
  channel_->Broadcast(
      WriteJson(Event("traffic-by-type", std::move(data.by_type))));
}

LiveFeed::Moment LiveFeed::Last() {
  const std::scoped_lock lock(mutex_);
  if (last_.now) asked_ns_ = last_.now->time_ns;
  return last_;
}

LiveFeed::EventData LiveFeed::DataOf(const Moment& moment,
                                     const ShownOnly& only) const {
  const LiveView view =
      ViewOf(*moment.now, moment.before.get(), only, moment.reports);
  const LiveMoment live{*moment.now, moment.reports, view};
  return {AboutJson(live, interval_), TrafficUpdate(live), TrafficByType(live)};
}

std::string LiveFeed::Summary() {
  const Moment moment = Last();
  if (moment.now == nullptr) {  // before the first tick
    const Snapshot nothing;
    return WriteJson(Event("summary", AboutJson({nothing, {}, {}}, interval_)));
  }
  EventData data = DataOf(moment, {});
  data.about["traffic-update"] = std::move(data.update);
  data.about["traffic-by-type"] = std::move(data.by_type);
  return WriteJson(Event("summary", std::move(data.about)));
}

HttpResponse LiveFeed::Answer(const HttpRequest& request) {
  const Moment moment = Last();
  if (moment.now == nullptr) {
    return JsonError(503, "nothing is counted yet; try again in a second");
  }
  EventData data = DataOf(
      moment, {request.Parameters("host"), request.Parameter("service")});
  return JsonAnswer(200, {{"summary", std::move(data.about)},
                          {"traffic-update", std::move(data.update)},
                          {"traffic-by-type", std::move(data.by_type)}});
}

}  // namespace ntm::web
