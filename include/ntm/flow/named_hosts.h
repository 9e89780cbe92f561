// Maps addresses to the host names that replace them in src and dst.
//
// A name is a flow key like an address (AddressKind::kName: its bytes are the
// name's hash), so addresses with the same name share their flows, and a flow's
// labels never change. Groups are no hosts and keep their addresses.
//
// Shape    an open-addressing hash table from an address, or a client and an
//          address, to a name, and the text of each name. Rebuilt when a name
//          is learned or forgotten; the names of flows in the table are kept.
// Units    ns since the epoch.
// Threads  immutable after construction, except for the time at which each
//          address was last seen, which any thread may set.
// Errors   Find() is noexcept and does not allocate.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "ntm/flow/flow_table.h"
#include "ntm/net/address.h"
#include "ntm/net/host_names.h"
#include "ntm/net/local_networks.h"

namespace ntm {

class NamedHosts {
 public:
  // `before` is the instance that this one replaces, or null; `flows` are the
  // flows in the table.
  NamedHosts(std::shared_ptr<const HostNames> names, uint64_t hash_seed,
             const NamedHosts* before, std::span<const Flow> flows);

  // The address's name as `peer` knows it, or the address if it has no name.
  // Notes the time at which the address was seen.
  Address Find(const Address& address, const Address& peer,
               int64_t time_ns) const noexcept;

  bool Knows(const Address& address, const Address& peer) const noexcept {
    return EntryOf(address, peer) != nullptr;
  }

  // The names of the addresses in these networks.
  std::unordered_set<Address, AddressHash> NamesIn(
      const LocalNetworks& networks) const;

  // The name's text; "" if it is unknown. REQUIRES: the kind is kName.
  std::string_view Text(const Address& name) const;

  // The addresses that Find() replaced by a name since then.
  std::vector<Address> SeenSince(int64_t time_ns) const;

  const std::shared_ptr<const HostNames>& names() const noexcept {
    return names_;
  }

 private:
  struct Entry {
    Address address;  // kNone: the entry is empty
    Address client;   // kNone: any client
    Address name;
    mutable std::atomic<int64_t> seen_ns = INT64_MIN;  // never
  };

  // The pair's entry, or the empty one where it would be inserted.
  Entry& SlotOf(const Address& address, const Address& client) noexcept;
  const Entry& SlotOf(const Address& address,
                      const Address& client) const noexcept;
  // Null if the address has no name.
  const Entry* EntryOf(const Address& address,
                       const Address& peer) const noexcept;
  void Add(const Address& address, const Address& client,
           const std::string& name, uint64_t hash_seed,
           const NamedHosts* before);

  std::shared_ptr<const HostNames> names_;
  bool has_clients_;
  size_t mask_;
  std::vector<Entry> entries_;
  std::unordered_map<Address, std::string, AddressHash> texts_;
};

}  // namespace ntm
