// Marks the outgoing packets of an interface with the DSCP of their class, by
// an nftables table of ntm.
//
// Shape    the kernel removes the tables when this object is destroyed or the
//          process ends. Other tables are never touched.
// Threads  not synchronised.
// Errors   ntm::Error with the remedy; the earlier tables are then unchanged.
// Source   nft(8); the netfilter egress hook exists since Linux 5.16.
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

  // Replaces the table of the interface.
  void Set(const MarkPlan& plan);
  // A missing table is not an error.
  void Remove(const std::string& table);

  // The names of all tables of ntm on this machine, of any process.
  std::vector<std::string> Tables();

 private:
  void Send(NftBatch* batch);
  int FirstError();

  NetlinkConnection socket_;
  uint32_t sequence_ = 0;
};

}  // namespace ntm::qos
