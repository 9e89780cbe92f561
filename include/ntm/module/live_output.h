// The interface of a module that shows each tick at once: it is called after
// all other modules, so that it can show their reports of the same tick
// (Tick::new_reports), and it has WebSocket paths.
//
// Threads  main thread.
// Errors   none.
#pragma once

#include <memory>
#include <vector>

#include "ntm/http/channel.h"

namespace ntm {

class LiveOutput {
 public:
  virtual ~LiveOutput() = default;

  // Its WebSocket paths; asked for once, after Open().
  virtual std::vector<std::shared_ptr<Channel>> Channels() = 0;
};

}  // namespace ntm
