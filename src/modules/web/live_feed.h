// What the page is told: the events of /ws, and the same by GET /api/live.
//
// Shape    {"event": NAME, "data": {…}}, as openapi.json has them: a client's
//          first is `summary`, then every interval `traffic-update` and
//          `traffic-by-type`. Rates are over the time since the event before.
// Threads  OnTick() on the main thread; the rest on any.
// Errors   none.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>

#include "live_view.h"
#include "ntm/flow/snapshot.h"
#include "ntm/http/channel.h"
#include "ntm/module/module.h"
#include "ntm/module/reports.h"

namespace ntm::web {

class LiveFeed {
 public:
  explicit LiveFeed(std::chrono::milliseconds interval);

  const std::shared_ptr<Channel>& channel() const { return channel_; }

  void OnTick(const Tick& tick);

  // The event `summary`, with the other two in it.
  std::string Summary();
  // The data of the three events, by their names; of the flows of ?host= and
  // ?service= where these are given.
  HttpResponse Answer(const HttpRequest& request);

 private:
  struct Moment {
    std::shared_ptr<const Snapshot> now;
    std::shared_ptr<const Snapshot> before;  // null: nobody has listened
    Reports reports;
  };

  struct EventData;

  Moment Last();
  EventData DataOf(const Moment& moment, const ShownOnly& only) const;

  // Constant after construction
  const std::chrono::milliseconds interval_;
  std::shared_ptr<Channel> channel_;

  std::mutex mutex_;
  Moment last_;
  // Since when rates are counted; kept only while somebody listens.
  std::shared_ptr<const Snapshot> rated_since_;
  int64_t asked_ns_ = INT64_MIN / 2;
};

}  // namespace ntm::web
