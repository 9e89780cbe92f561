// Makes, changes and removes a link's queues in the kernel.
//
// Shape    all of ours hang below one root qdisc of handle kMajor:, so removing
//          that removes them all.
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; after one of SetUp() nothing of ours is
//          left.
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

  // Puts our queues in the place of whatever is at the root. Returns the kind
  // of the leaves: "fq_codel", or "pfifo" where the kernel has no fair one.
  std::string SetUp(int interface_index, const QueuePlan& plan,
                    const std::vector<QueueMatch>& matches);
  void Change(int interface_index, const QueueClass& queue_class);
  void ChangeTotal(int interface_index, uint64_t total);
  // Returns whether there were any of ours.
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
