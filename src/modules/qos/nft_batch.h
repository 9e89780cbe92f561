// Builds an atomic change of the kernel's nftables: all of it is applied, or
// nothing.
//
// Shape    an nfnetlink batch in memory; the caller sends it.
// Threads  not synchronised.
// Errors   ntm::Error if memory is short.
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
  // Messages are numbered from `before` + 1; the begin of the batch has the
  // number `before`, and an error for it means that the whole batch was
  // refused.
  explicit NftBatch(uint32_t before);

  // An existing table is kept. `owned`: the table is removed when the sending
  // socket is closed, and no other process can change it.
  void AddTable(const std::string& table, bool owned);
  void DeleteTable(const std::string& table);
  // Adds a chain at the interface's egress hook, or one that is only a jump
  // target.
  void AddEgressChain(const std::string& table, const std::string& interface);
  void AddChain(const std::string& table, const std::string& chain);
  void AddStep(const std::string& table, const std::string& chain,
               const MarkStep& step);
  void AddClass(const std::string& table, const MarkClass& made);

  // Completes the batch; nothing can be added afterwards. The kernel answers
  // the last message and every one that fails.
  std::vector<char> Finish();
  uint32_t last_sequence() const { return sequence_; }

 private:
  using Message = std::unique_ptr<nl_msg, void (*)(nl_msg*)>;
  class Rule;

  Message Begin(int type, int flags);
  void Append(const Message& message);

  std::vector<char> bytes_;
  size_t last_at_ = 0;  // offset of the last message
  uint32_t sequence_ = 0;
};

}  // namespace ntm::qos
