// Attributes the bytes of a flow to local hosts.
//
// Shape    bytes count as "out" of a local source and as "in" to a local
//          destination; between two local hosts they count for both, so the sum
//          over all hosts has such bytes twice. Traffic without a local end is
//          "transit" (in); if an end is unknown (the sums past the series
//          limit, a label that is not enabled) it is "other" (in). Addresses
//          that are no host's count as one local host, kGroups. With
//          --anonymize a host is shown as its alias. If the table is full,
//          hosts without a row are collected until all flows were added; then
//          the largest of them get rows, at most a quarter of the table at
//          once.
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
  // Adds the increase `bytes` of this flow of the snapshot.
  void Add(const Snapshot& snapshot, size_t flow, uint64_t bytes,
           UsageTable* table);
  // To be called after all flows of the snapshot: adds the collected hosts.
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

  enum class End { kUnknown, kRemote, kLocal, kGroup };

  End EndOf(const Snapshot& snapshot, const Address& address,
            const PrefixBits& prefix);
  bool IsLocalName(const Snapshot& snapshot, const Address& name);

  // The names of local addresses, computed from `names_`.
  std::shared_ptr<const HostNames> names_;
  std::unordered_set<Address, AddressHash> local_names_;
};

}  // namespace ntm::usage
