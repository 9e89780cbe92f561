// Checks host names and decides how much of a name is shown. Anyone who runs a
// DNS server can choose a name, and names end up in labels, on a page and in a
// database. Therefore a name must consist of labels of 1 to 63 letters, digits,
// "-" and "_", at most 253 bytes in total; it is lower-cased, and a final dot
// is removed. Names that look like an address, or that ntm uses itself
// ("other", "internet"), are refused.
//
// Shape    local hosts are shown with the full name, and so are all hosts with
//          keep_whole_names; other hosts with the registrable domain
//          (a.b.example.co.uk → example.co.uk), by the Public Suffix List.
// Threads  any.
// Errors   none; refused names are counted by reason.
// Source   RFC 952, 1123 (host names), 1035 (lengths); publicsuffix.org, the
//          system's newest list or that which libpsl was built with.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "ntm/net/address.h"
#include "ntm/net/local_networks.h"

namespace ntm::names {

enum class NameFault : uint8_t {
  kNone,
  kEmpty,
  kTooLong,
  kBadLabel,  // empty, longer than 63 bytes, or with "-" at an end
  kBadCharacter,
  kLikeAddress,  // its last label is a number
  kReserved,
  kCount,
};
inline constexpr size_t kNameFaultCount =
    static_cast<size_t>(NameFault::kCount);

// snake_case label values; "none" for kNone.
const char* FaultName(NameFault fault) noexcept;

// REQUIRES: no final dot.
NameFault CheckName(std::string_view name) noexcept;

// Returns true iff only a local network can have given the name: it has one
// label, or its last ones are reserved for that (RFC 6762, 8375, ICANN's
// "internal") or usual there.
bool IsLocalName(std::string_view name) noexcept;

class NameRules {
 public:
  explicit NameRules(bool keep_whole_names);
  ~NameRules();
  NameRules(const NameRules&) = delete;
  NameRules& operator=(const NameRules&) = delete;

  // Any thread; until then the default local networks are used.
  void set_local_networks(std::shared_ptr<const LocalNetworks> networks) {
    local_networks_.store(std::move(networks));
  }

  bool IsLocal(const Address& address) const noexcept {
    return local_networks_.load()->Contains(address);
  }

  // The name to show for `address`; nullopt if it is refused.
  std::optional<std::string> Take(const Address& address,
                                  std::string_view name);

  // REQUIRES: lower case. Returns the name itself if it has no registrable
  // domain.
  std::string RegistrableDomain(const std::string& name) const;

  uint64_t refused(NameFault fault) const noexcept {
    return refused_[static_cast<size_t>(fault)].load();
  }

 private:
  struct SuffixList;

  // Constant after construction.
  bool keep_whole_names_;
  std::unique_ptr<SuffixList> suffixes_;

  std::atomic<std::shared_ptr<const LocalNetworks>> local_networks_ =
      std::make_shared<const LocalNetworks>();
  std::array<std::atomic<uint64_t>, kNameFaultCount> refused_{};
};

}  // namespace ntm::names
