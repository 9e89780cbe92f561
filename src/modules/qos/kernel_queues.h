// Creates, changes and removes a link's queues in the kernel.
//
// Shape    all queues of ntm are below one root qdisc with the handle kMajor:,
//          so removing that removes them all.
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; if SetUp() fails, it removes what it
//          created.
// Source   rtnetlink(7); libnl-route.
#pragma once

#include <string>
#include <vector>

#include "ntm/net/netlink_connection.h"
#include "queue_plan.h"

namespace ntm::qos {

class KernelQueues {
 public:
  KernelQueues();
  ~KernelQueues();

  // Replaces the root qdisc by ntm's queues. Returns the kind of the leaves:
  // "fq_codel", or "pfifo" if the kernel does not have it.
  std::string SetUp(int interface_index, const QueuePlan& plan,
                    const std::vector<QueueMatch>& matches);
  void Change(int interface_index, const QueueClass& queue_class);
  void ChangeTotal(int interface_index, uint64_t total);
  // Returns true iff there were queues of ntm.
  bool Remove(int interface_index);

 private:
  bool AreOurs(int interface_index);
  void AddClass(int interface_index, uint16_t parent_minor,
                const QueueClass& queue_class);
  std::string AddLeaf(int interface_index, uint16_t minor,
                      const std::string& kind);
  void AddFilter(int interface_index, const FilterSet& set,
                 const std::vector<FilterKey>& keys, uint16_t minor);

  NetlinkConnection socket_;
};

}  // namespace ntm::qos
