// Whose the bytes of a flow are.
//
// Shape    a local source has sent them (out), a local destination has received
//          them (in); between two local ends both are true, so the sum over
//          all hosts counts such bytes twice. What has no local end passes by
//          and is "transit" (in); where an end is not known (the sums past
//          the series limit, a label that is not chosen) it is "other" (in).
//          Groups and broadcast addresses are nobody.
//          With --anonymize a host is its alias.
//          Where the table is full, hosts without a row wait until all flows
//          are seen: then the largest of them get one, at most a quarter of the
//          table at once.
// Threads  one user at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <unordered_set>
#include <vector>

#include "ntm/base/hash_seed.h"
#include "ntm/flow/snapshot.h"
#include "usage_table.h"

namespace ntm::usage {

class UsageAttribution {
 public:
  // Adds the `bytes` that this flow of the snapshot has brought.
  void Add(const Snapshot& snapshot, size_t flow, uint64_t bytes,
           UsageTable* table);
  // After all flows of the snapshot: adds what waits.
  void Settle(const Snapshot& snapshot, UsageTable* table);

 private:
  struct Waiting {
    uint64_t hash = 0;
    size_t flow = 0;
    bool is_source = false;
    Bytes bytes;
  };

  uint64_t HashOf(const Address& address, uint8_t prefix_bits,
                  ServiceId service) const noexcept;
  void MergeWaiting();

  uint64_t seed_ = RandomHashSeed();
  std::vector<Waiting> waiting_;

  enum class End { kUnknown, kRemote, kLocal, kNobody };

  End EndOf(const Snapshot& snapshot, const Address& address);
  bool IsLocalName(const Snapshot& snapshot, const Address& name);

  // The names of local addresses, of the names that were current last.
  std::shared_ptr<const HostNames> names_;
  std::unordered_set<Address, AddressHash> local_names_;
};

}  // namespace ntm::usage
