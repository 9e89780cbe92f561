// The interface of a module that finds the names of hosts: what it is given for
// that, and the names that it returns.
//
// Errors   none.
#pragma once

#include <memory>

#include "ntm/net/dns_listener.h"
#include "ntm/net/handshake_listener.h"
#include "ntm/net/host_names.h"
#include "ntm/net/local_networks.h"

namespace ntm {

class HostNaming {
 public:
  virtual ~HostNaming() = default;

  // Sets the local networks: before Open(), and on the main thread when they
  // change.
  virtual void SetLocalNetworks(
      const std::shared_ptr<const LocalNetworks>& /*networks*/) {}

  // Receives captured DNS datagrams; nullptr if it needs none. Asked for once,
  // between AddOptions() and Open(), and called only after Start().
  virtual DnsListener* dns_listener() { return nullptr; }

  // The same for handshakes of TLS and QUIC.
  virtual HandshakeListener* handshake_listener() { return nullptr; }

  // The current names for the labels src and dst; nullptr if these have
  // addresses. Main thread, after Open(). Must not be shown for a snapshot with
  // an anonymizer.
  virtual std::shared_ptr<const HostNames> label_names() const {
    return nullptr;
  }
};

}  // namespace ntm
