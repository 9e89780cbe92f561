#include "live_feed.h"

#include <algorithm>
#include <utility>

#include "live_json.h"
#include "live_view.h"
#include "ntm/json.h"

namespace ntm::web {
namespace {

constexpr int64_t kNsPerMs = 1'000'000;
// After the last question without a WebSocket.
constexpr int64_t kKeepRatesNs = 60'000 * kNsPerMs;
// A tick that comes a little early counts as on time.
constexpr int64_t kToleranceNs = 200 * kNsPerMs;

// Text from the network need not be UTF-8.
std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Json Event(const char* name, Json data) {
  return {{"event", name}, {"data", std::move(data)}};
}

}  // namespace

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
    if (last_.now == nullptr ||
        last_.now->services != tick.snapshot->services) {
      last_.classes =
          tick.snapshot->services
              ? std::make_shared<const FlowClasses>(*tick.snapshot->services)
              : std::make_shared<const FlowClasses>();
    }
    if (!is_heard && tick.time_ns - asked_ns_ > kKeepRatesNs) {
      rated_since_ = nullptr;
    }
    last_.before = rated_since_;
    last_.now = tick.snapshot;
    last_.posts = tick.posts;
    is_due = rated_since_ == nullptr ||
             tick.snapshot->time_ns - rated_since_->time_ns + kToleranceNs >=
                 interval_.count() * kNsPerMs;
    if (is_due && (is_heard || rated_since_ != nullptr ||
                   tick.time_ns - asked_ns_ <= kKeepRatesNs)) {
      rated_since_ = tick.snapshot;
    }
    moment = last_;
  }
  if (!is_heard || !is_due || moment.now->is_file) return;
  const LiveView view =
      ViewOf(*moment.now, moment.before.get(), *moment.classes);
  const LiveMoment live{*moment.now, moment.posts, *moment.classes, view};
  channel_->Broadcast(Dump(Event("traffic-update", TrafficUpdate(live))));
  channel_->Broadcast(Dump(Event("traffic-by-type", TrafficByType(live))));
}

LiveFeed::Moment LiveFeed::Last() {
  const std::scoped_lock lock(mutex_);
  if (last_.now) asked_ns_ = last_.now->time_ns;
  return last_;
}

std::string LiveFeed::Summary() {
  const Moment moment = Last();
  if (moment.now == nullptr) return Dump(Event("summary", Json::object()));
  const LiveView view =
      ViewOf(*moment.now, moment.before.get(), *moment.classes);
  const LiveMoment live{*moment.now, moment.posts, *moment.classes, view};
  Json data = AboutJson(live, interval_);
  data["traffic-update"] = TrafficUpdate(live);
  data["traffic-by-type"] = TrafficByType(live);
  return Dump(Event("summary", std::move(data)));
}

HttpResponse LiveFeed::Answer() {
  const Moment moment = Last();
  if (moment.now == nullptr) {
    return JsonError(503, "nothing is counted yet; ask in a second");
  }
  const LiveView view =
      ViewOf(*moment.now, moment.before.get(), *moment.classes);
  const LiveMoment live{*moment.now, moment.posts, *moment.classes, view};
  return JsonAnswer(200, {{"summary", AboutJson(live, interval_)},
                          {"traffic-update", TrafficUpdate(live)},
                          {"traffic-by-type", TrafficByType(live)}});
}

}  // namespace ntm::web
