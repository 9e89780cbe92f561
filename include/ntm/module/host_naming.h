// A module that names hosts: what it is told for that, and the names for the
// labels.
//
// Errors   none.
#pragma once

#include <memory>

#include "ntm/net/dns_listener.h"
#include "ntm/net/host_names.h"
#include "ntm/net/local_networks.h"

namespace ntm {

class HostNaming {
 public:
  virtual ~HostNaming() = default;

  // What is local: before Open(), and on the main thread when it changes.
  virtual void SetLocalNetworks(
      const std::shared_ptr<const LocalNetworks>& /*networks*/) {}

  // Who wants the DNS datagrams that cross the wire; nullptr for nobody. Asked
  // once, between AddOptions() and Open(), and called after Start() only.
  virtual DnsListener* dns_listener() { return nullptr; }

  // The names, as they are known now, that are to stand in src and dst instead
  // of addresses; nullptr for none. Main thread, after Open(). Not to be shown
  // of a snapshot with an anonymizer.
  virtual std::shared_ptr<const HostNames> label_names() const {
    return nullptr;
  }
};

}  // namespace ntm
