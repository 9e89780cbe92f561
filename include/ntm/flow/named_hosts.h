// Host names that stand in src and dst instead of addresses.
//
// A name is a key like an address (AddressKind::kName: its bytes are the
// name's hash), so addresses that share a name share their flows, and a flow
// has one label set from its first packet to its last.
//
// Shape    an open-addressed index from address to name, or from a client and
//          an address, and the text of each name. Made anew whenever a name was
//          learned or lost; what flows in the table are called is taken over.
// Units    ns since the epoch.
// Threads  immutable once made, but for the time each address was last seen,
//          which any thread may set.
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
  // `before` is what stood until now, or null; `flows` is what is in the table.
  NamedHosts(std::shared_ptr<const HostNames> names, uint64_t hash_seed,
             const NamedHosts* before, std::span<const Flow> flows);

  // The name of the address for who speaks with it, or the address itself if it
  // has none.
  Address Find(const Address& address, const Address& peer,
               int64_t time_ns) const noexcept;

  bool Knows(const Address& address, const Address& peer) const noexcept {
    return EntryOf(address, peer) != nullptr;
  }

  // Those that addresses of these networks have.
  std::unordered_set<Address, AddressHash> NamesIn(
      const LocalNetworks& networks) const;

  // REQUIRES: the kind is kName. "" for one that nobody knows.
  std::string_view Text(const Address& name) const;

  // The addresses that stood behind a name since then.
  std::vector<Address> SeenSince(int64_t time_ns) const;

  const std::shared_ptr<const HostNames>& names() const noexcept {
    return names_;
  }

 private:
  struct Entry {
    Address address;  // kNone: no entry
    Address client;   // kNone: whoever it is
    Address name;
    mutable std::atomic<int64_t> seen_ns = INT64_MIN;  // never
  };

  Entry& SlotOf(const Address& address, const Address& client) noexcept;
  const Entry& SlotOf(const Address& address,
                      const Address& client) const noexcept;
  // Nothing if it has no name.
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
