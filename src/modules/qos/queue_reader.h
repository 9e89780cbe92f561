// Reads the statistics of the kernel's queues: every qdisc of every interface,
// and the HTB classes.
//
// Units    bytes and packets; counters since the queue was created; the backlog
//          is current.
// Threads  not synchronised.
// Errors   Read() throws ntm::Error if netlink does not answer.
// Source   rtnetlink(7); tc(8) for handles.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "ntm/net/netlink_connection.h"
#include "queue_details.h"

namespace ntm::qos {

struct Queue {
  int interface_index = 0;
  std::string interface;
  std::string kind;  // "htb", "pfifo_fast"
  uint32_t handle = 0;
  uint32_t parent = 0;
  bool is_root = false;
  bool is_class = false;
  uint64_t bytes = 0;
  uint64_t packets = 0;
  uint64_t drops = 0;
  uint64_t overlimits = 0;
  uint64_t backlog_bytes = 0;
  uint64_t backlog_packets = 0;
  QueueDetails details;
};

// As in tc(8): "1:", "1:10", "root".
std::string HandleText(uint32_t handle);

// REQUIRES: a root or a class. True iff ntm created it.
bool IsOurs(const Queue& queue);

// The root qdisc of the interface; nullptr if there is none.
const Queue* RootOf(int interface_index, const std::vector<Queue>& queues);

class QueueReader {
 public:
  QueueReader();
  ~QueueReader();

  // First the qdiscs, then the classes.
  std::vector<Queue> Read();

 private:
  void ReadDetails(std::vector<Queue>* queues);

  NetlinkConnection socket_;
};

}  // namespace ntm::qos
