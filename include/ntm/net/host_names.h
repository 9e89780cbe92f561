// An immutable snapshot of the known names of hosts.
//
// Shape    one name per address, of lower-case letters, digits, "-", "_" and
//          "."; in the form in which it is shown (whole, or its registrable
//          domain). If a client resolved another name to the address, that name
//          is kept for this client.
// Threads  immutable after construction.
// Errors   none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "ntm/net/address.h"

namespace ntm {

// Where a name comes from, the most trusted first.
enum class NameSource : uint8_t {
  kStatic,  // /etc/hosts
  kDhcp,    // a DHCP server's leases
  kPtr,     // reverse DNS
  kDns,     // an answer seen on the wire
};

// The label value: "static", "dhcp", "ptr", "dns".
std::string_view SourceName(NameSource source) noexcept;

struct HostName {
  std::string name;
  NameSource source = NameSource::kStatic;

  friend bool operator==(const HostName&, const HostName&) = default;
};

// Seeded per process, because an attacker can choose addresses.
struct AddressHash {
  size_t operator()(const Address& address) const noexcept;
};

// A host from the view of one client, which may know it by a name of its own.
struct ClientHost {
  Address client;
  Address host;

  friend bool operator==(const ClientHost&, const ClientHost&) = default;
};

struct ClientHostHash {
  size_t operator()(const ClientHost& pair) const noexcept {
    return AddressHash()(pair.client) * 31 + AddressHash()(pair.host);
  }
};

class HostNames {
 public:
  using Map = std::unordered_map<Address, HostName, AddressHash>;
  using ClientMap = std::unordered_map<ClientHost, std::string, ClientHostHash>;

  HostNames() = default;
  explicit HostNames(Map names, ClientMap of_clients = {})
      : names_(std::move(names)), of_clients_(std::move(of_clients)) {}

  // nullptr if the address has no name. Valid as long as this object.
  const HostName* Find(const Address& address) const noexcept {
    const auto found = names_.find(address);
    return found == names_.end() ? nullptr : &found->second;
  }

  size_t size() const noexcept { return names_.size(); }
  const Map& all() const noexcept { return names_; }
  const ClientMap& of_clients() const noexcept { return of_clients_; }

 private:
  Map names_;
  ClientMap of_clients_;
};

}  // namespace ntm
