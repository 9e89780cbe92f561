// Gives packets that leave an interface the DSCP of their class, by a table of
// nftables of our own.
//
// Shape    the kernel removes the tables with the object, or the process. Other
//          tables are never touched.
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; what was there before is there still.
// Source   nft(8); netfilter egress came with Linux 5.16.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "mark_plan.h"
#include "ntm/net/netlink_connection.h"

namespace ntm::qos {

class NftBatch;

class PacketMarks {
 public:
  PacketMarks();
  ~PacketMarks();

  // In the place of what there is of the interface.
  void Set(const MarkPlan& plan);
  // A table that is not there is no error.
  void Remove(const std::string& table);

  // Those of ours on this machine, whoever made them.
  std::vector<std::string> Tables();

 private:
  void Send(NftBatch* batch);
  int FirstError();

  NetlinkConnection socket_;
  uint32_t sequence_ = 0;
};

}  // namespace ntm::qos
