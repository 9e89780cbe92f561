// A change of the kernel's nftables: what is added here is done together, or
// not at all.
//
// Shape    a batch of nfnetlink, built up in memory and sent by whoever has the
//          socket.
// Threads  not synchronised.
// Errors   ntm::Error where memory is short.
// Source   linux/netfilter/nf_tables.h, linux/netfilter/nfnetlink.h.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "mark_plan.h"

struct nl_msg;

namespace ntm::qos {

class NftBatch {
 public:
  // Its messages are numbered from `before` + 1; one of `before` has none of
  // them, but may be refused in the name of all.
  explicit NftBatch(uint32_t before);

  // A table that is there already stays. `owned`: it goes with the socket that
  // sent this, and nobody else can change it.
  void AddTable(const std::string& table, bool owned);
  void DeleteTable(const std::string& table);
  // The chain at the interface's egress, or one that is only gone to.
  void AddEgressChain(const std::string& table, const std::string& interface);
  void AddChain(const std::string& table, const std::string& chain);
  void AddStep(const std::string& table, const std::string& chain,
               const MarkStep& step);
  void AddClass(const std::string& table, const MarkClass& made);

  // The whole of it; nothing can be added any more. The last message is
  // answered, and each that fails.
  std::vector<char> Finish();
  uint32_t last_sequence() const { return sequence_; }

 private:
  using Message = std::unique_ptr<nl_msg, void (*)(nl_msg*)>;
  class Rule;

  Message Begin(int type, int flags);
  void Append(const Message& message);

  std::vector<char> bytes_;
  size_t last_at_ = 0;  // where the last message starts
  uint32_t sequence_ = 0;
};

}  // namespace ntm::qos
