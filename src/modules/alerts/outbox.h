// What one receiver is still to be told.
//
// Units    ns; `now_ns` is of a clock that only goes forward, `wall_ns` since
//          the epoch.
// Shape    bounded; what does not fit is dropped and counted.
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

  // It has begun or ended. `is_news` is false for an alert that goes on from
  // before a restart, of which the receiver has heard.
  virtual void Add(const Notice& notice, bool is_news) = 0;

  // When there is something to send; nothing: never, as it stands.
  virtual std::optional<int64_t> due_ns() const = 0;

  // The body of the next request. REQUIRES: something is due.
  virtual std::string Take(int64_t now_ns, int64_t wall_ns) = 0;

  enum class Outcome {
    kTaken,
    kRejected,  // this never will be
    kFailed,    // later, perhaps
  };
  // How the request with the body of the last Take() ended.
  virtual void Done(Outcome outcome) = 0;

  // Messages; one that is sent again and again counts once.
  uint64_t sent() const { return sent_; }
  uint64_t dropped() const { return dropped_; }

 protected:
  uint64_t sent_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace ntm::alerts
