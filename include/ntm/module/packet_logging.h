// A module that wants to be given packets one by one.
//
// Threads  main thread.
// Errors   none.
#pragma once

#include <memory>

#include "ntm/flow/packet_log.h"

namespace ntm {

class PacketLogging {
 public:
  virtual ~PacketLogging() = default;

  // Where they are put; nullptr for none. Asked once, between AddOptions() and
  // Open(); its lanes are there in Open(), and fed from then until Stop().
  virtual std::shared_ptr<PacketLog> packet_log() = 0;
};

}  // namespace ntm
