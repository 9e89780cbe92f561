// The interface of a module that finds the names of hosts: what it is given for
// that, and what it returns: names for labels, and the classes of traffic that
// the names of servers give.
//
// Errors   none.
#pragma once

#include <memory>

#include "ntm/flow/server_classes.h"
#include "ntm/flow/traffic_class.h"
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

  // Sets the classes with whose domains the names of servers are compared; with
  // `hides_names` (--anonymize) names serve for nothing else. Before Open().
  virtual void SetTrafficClasses(
      const std::shared_ptr<const TrafficClasses>& /*classes*/,
      bool /*hides_names*/) {}

  // Returns true iff it learns names of servers from the traffic. After
  // AddOptions().
  virtual bool learns_servers() const { return false; }

  // The servers whose names give them a class; nullptr if there are none. Main
  // thread, after Open().
  virtual std::shared_ptr<const ServerClasses> server_classes() {
    return nullptr;
  }

  // Receives captured DNS datagrams; nullptr if it needs none. With `unasked`
  // it may be one that no option asks for. Asked for once, between AddOptions()
  // and Open(), and called only after Start().
  virtual DnsListener* dns_listener(bool /*unasked*/) { return nullptr; }

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
