// Reads what the kernel's queues have done: every qdisc of every interface,
// and the classes of those that have classes of HTB.
//
// Units    bytes and packets; counters since the queue was made, backlog now.
// Threads  not synchronised.
// Errors   Read() throws ntm::Error where netlink does not answer.
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

// As tc writes it: "1:", "1:10", "root", "none".
std::string HandleText(uint32_t handle);

// Of a root or a class: ntm has made it.
bool IsOurs(const Queue& queue);

// What stands at the interface's root; nullptr where there is no such
// interface.
const Queue* RootOf(int interface_index, const std::vector<Queue>& queues);

class QueueReader {
 public:
  QueueReader();
  ~QueueReader();

  // Qdiscs first, each with its interface's name; then classes.
  std::vector<Queue> Read();

 private:
  void ReadDetails(std::vector<Queue>* queues);

  NetlinkConnection socket_;
};

}  // namespace ntm::qos
