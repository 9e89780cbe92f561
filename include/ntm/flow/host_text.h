// The text of a flow's end, as it may be shown.
//
// Shape    a name where one stands for it, else its alias where addresses are
//          hidden (of every MAC "mac"), else itself; with its length where it
//          stands for a network: "192.168.0.0/24".
// Threads  any number at once.
// Errors   ntm::Error of the anonymizer; never gives a hidden address.
#pragma once

#include <string>

#include "ntm/flow/flow_label.h"
#include "ntm/flow/snapshot.h"
#include "ntm/net/address.h"

namespace ntm {

// `prefix` is that of the end: snapshot.labels.src_prefix or dst_prefix.
void AppendHostText(const Snapshot& snapshot, const Address& address,
                    const PrefixBits& prefix, std::string* out);

std::string HostText(const Snapshot& snapshot, const Address& address,
                     const PrefixBits& prefix);

}  // namespace ntm
