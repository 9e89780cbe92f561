// The queue of messages for one receiver of alerts.
//
// Units    ns; `now_ns` is of a clock that only goes forward, `wall_ns` since
//          the epoch.
// Shape    bounded; messages beyond the bound are dropped and counted.
// Threads  a value; one user at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "notice.h"

namespace ntm::alerts {

class Outbox {
 public:
  virtual ~Outbox() = default;

  // An alert has begun or ended. `is_news` is false for an alert that was open
  // before a restart and has already been sent to the receiver.
  virtual void Add(const Notice& notice, bool is_news) = 0;

  // When the next request is due; nullopt if there is nothing to send.
  virtual std::optional<int64_t> due_ns() const = 0;

  // The body of the next request. REQUIRES: due_ns() has a value.
  virtual std::string Take(int64_t now_ns, int64_t wall_ns) = 0;

  enum class Outcome {
    kTaken,
    kRejected,  // the receiver will never accept this
    kFailed,    // to be retried
  };
  // The result of the request with the body of the last Take().
  virtual void Done(Outcome outcome) = 0;

  // In messages; one that is repeated counts once.
  uint64_t sent() const { return sent_; }
  uint64_t dropped() const { return dropped_; }

 protected:
  uint64_t sent_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace ntm::alerts
