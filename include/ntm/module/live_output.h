// A module that shows each tick as it happens: it is told of a tick after all
// others, so that it can show what they have said in that very tick
// (Tick::new_reports), and has WebSocket paths.
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

  // Its WebSocket paths; asked once, after Open().
  virtual std::vector<std::shared_ptr<Channel>> Channels() = 0;
};

}  // namespace ntm
