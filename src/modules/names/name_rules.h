// Which names are taken, and how much of them is shown.
//
// A name may come from anybody who runs a DNS server, and ends in labels, on a
// page and in a database. So only letters, digits, "-" and "_" in labels of 1
// to 63 bytes are taken, 253 bytes in all, lower-cased, without the final dot;
// nothing that could be read as an address or as a word of our own ("other",
// "internet").
//
// Shape    a local host keeps its whole name, and every host with
//          keep_whole_names; of any other the registrable domain is kept
//          (a.b.example.co.uk → example.co.uk), after the Public Suffix List.
// Threads  Take() and refused() by any thread at any time.
// Errors   none; what is refused is counted by reason.
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

class NameRules {
 public:
  explicit NameRules(bool keep_whole_names);
  ~NameRules();
  NameRules(const NameRules&) = delete;
  NameRules& operator=(const NameRules&) = delete;

  // From any thread; DefaultLocalNetworks() until then.
  void set_local_networks(std::shared_ptr<const LocalNetworks> networks) {
    local_networks_.store(std::move(networks));
  }

  // What to show of a name of `address`; nothing if it is refused.
  std::optional<std::string> Take(const Address& address,
                                  std::string_view name);

  // Of a name in lower case; the name itself where it has none.
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
