// The names of hosts as they were known at one moment.
//
// Shape    one name per address, made only of lower-case letters, digits, "-",
//          "_" and "."; as it is to be shown (whole, or its registrable
//          domain).
// Threads  immutable once made.
// Errors   none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "ntm/address.h"

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

// Seeded per process: addresses are chosen by strangers.
struct AddressHash {
  size_t operator()(const Address& address) const noexcept;
};

class HostNames {
 public:
  using Map = std::unordered_map<Address, HostName, AddressHash>;

  HostNames() = default;
  explicit HostNames(Map names) : names_(std::move(names)) {}

  // nullptr where the address has no name. Lives as long as this object.
  const HostName* Find(const Address& address) const noexcept {
    const auto found = names_.find(address);
    return found == names_.end() ? nullptr : &found->second;
  }

  size_t size() const noexcept { return names_.size(); }
  const Map& all() const noexcept { return names_; }

 private:
  Map names_;
};

}  // namespace ntm
