// Formats a flow's source or destination for a label, respecting --anonymize,
// and says which are no hosts.
//
// Shape    the host's name, if the address is a name; else, with an anonymizer,
//          the address's alias ("mac" for every MAC); else the address. A
//          network has its prefix length: "192.168.0.0/24".
// Threads  any number at once.
// Errors   ntm::Error of the anonymizer; never shows a hidden address.
#pragma once

#include <string>
#include <string_view>

#include "ntm/flow/flow_label.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/address.h"
#include "ntm/net/host_names.h"

namespace ntm {

// `prefix` is snapshot.labels.src_prefix for a source, dst_prefix for a
// destination.
void AppendHostText(const Snapshot& snapshot, const Address& address,
                    const PrefixBits& prefix, std::string* out);

std::string HostText(const Snapshot& snapshot, const Address& address,
                     const PrefixBits& prefix);

// Stands for all addresses that are no host's, in lists of hosts.
inline constexpr char kNoHostText[] = "multicast and broadcast";

// Returns true iff the address is a multicast group, a broadcast address (of a
// local network, too) or 0.0.0.0 or ::, which stand for a host that has no
// address yet.
bool IsNoHost(const Snapshot& snapshot, const Address& address,
              const PrefixBits& prefix) noexcept;

// The names of a flow's two ends, each as the other calls it; "" for none.
struct EndNames {
  std::string_view src;
  std::string_view dst;
};

// None for aliases and for networks. `names` may be null; valid as long as it.
EndNames NamesOfEnds(const Snapshot& snapshot, const FlowKey& key,
                     const HostNames* names) noexcept;

// Returns true iff a list of hosts has the address under this text.
bool IsListedAs(const Snapshot& snapshot, const Address& address,
                const PrefixBits& prefix, std::string_view text);

}  // namespace ntm
