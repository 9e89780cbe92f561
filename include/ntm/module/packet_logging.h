// The interface of a module that receives single packets.
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

  // The queues for them; nullptr if it needs none. Asked for once, between
  // AddOptions() and Open(). Its lanes exist in Open() and receive packets from
  // then until Stop().
  virtual std::shared_ptr<PacketLog> packet_log() = 0;
};

}  // namespace ntm
