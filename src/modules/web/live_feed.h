// Feeds the web page: sends the events of /ws and answers GET /api/live.
//
// Shape    {"event": NAME, "data": {…}}, as described in openapi.json: first
//          `summary`, then every interval `traffic-update` and
//          `traffic-by-type`. Rates are over the time since the last event.
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

  // The event `summary`, including the data of the other two.
  std::string Summary();
  // The data of the three events, by name; limited to the flows of ?host= and
  // ?service= if given.
  HttpResponse Answer(const HttpRequest& request);

 private:
  struct Moment {
    std::shared_ptr<const Snapshot> now;
    std::shared_ptr<const Snapshot>
        before;  // null: no rates, as there was no client
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
  // The start of the interval of the rates; kept only while there are clients.
  std::shared_ptr<const Snapshot> rated_since_;
  int64_t asked_ns_ = INT64_MIN / 2;
};

}  // namespace ntm::web
