// An immutable snapshot of the known names of hosts.
//
// Shape    one name per address, of lower-case letters, digits, "-", "_" and
//          "."; in the form in which it is shown (whole, or its registrable
//          domain). If a client called the address by another name, in a
//          question to DNS or in a handshake, that name is kept for this
//          client.
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
  kMdns,    // a host's own multicast DNS, seen on the wire
  kDns,     // an answer seen on the wire
  kTls,     // the server name in a handshake of TLS or QUIC
};

// The label value: "static", "dhcp", "ptr", "mdns", "dns", "tls".
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

  // The name by which `client` called the host, else the host's; "" if it has
  // none. Valid as long as this object.
  std::string_view FindFor(const Address& client,
                           const Address& host) const noexcept {
    if (!of_clients_.empty()) {
      const auto own = of_clients_.find({client, host});
      if (own != of_clients_.end()) return own->second;
    }
    const HostName* name = Find(host);
    return name == nullptr ? std::string_view() : name->name;
  }

  size_t size() const noexcept { return names_.size(); }
  const Map& all() const noexcept { return names_; }
  const ClientMap& of_clients() const noexcept { return of_clients_; }

 private:
  Map names_;
  ClientMap of_clients_;
};

}  // namespace ntm
