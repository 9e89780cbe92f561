// Finds the interfaces at the site's boundary, and which of their counters is
// down.
//
// Shape    the boundary consists of captured interfaces, chosen so that each
//          packet is counted once: of two that capture the same packets only
//          the upper one (a bridge rather than its ports) or the one that leads
//          outside is used; if the machine routes between captured interfaces,
//          only those that lead outside. `any` is replaced by the interfaces
//          that lead outside. An interface leads outside if --wan-interface
//          names it or, without that option, a default route uses it. Its
//          receive direction is down. The same holds for every interface of a
//          machine that does not route, which is itself the local host. On a
//          router, the other interfaces lead to local hosts if their own
//          addresses are local: their transmit direction is down. It is unknown
//          for a bridge, which forwards both directions and counts them alike,
//          and for a port without an address, such as a bridge port or a mirror
//          port.
// Threads  pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "link_reading.h"
#include "ntm/flow/snapshot.h"
#include "ntm/module/reports.h"
#include "ntm/net/local_networks.h"
#include "routing.h"

namespace ntm::interfaces {

// The capture of all interfaces; not a link of the kernel.
inline constexpr std::string_view kAny = "any";

// The machine's network setup at one reading; the referenced objects must
// outlive it.
struct Machine {
  // `wan_names` is --wan-interface.
  Machine(const std::vector<LinkReading>& all_links, const Routing& routing,
          const std::vector<std::string>& wan_names, const LocalNetworks& local,
          bool are_addresses_known = true);

  const std::vector<LinkReading>& links;
  const LocalNetworks& local_networks;
  // The interfaces that lead outside, whether they exist or not.
  const std::vector<std::string>& outside;
  bool knows_addresses;
  // Forwarding alone is not enough, since container hosts have it on: a router
  // also has at least two interfaces with addresses that are up.
  bool is_router;
  bool has_outside;  // one of `outside` exists

  bool LeadsOutside(const std::string& name) const;
};

SiteSense SenseOf(const LinkReading& link, const Machine& machine);

// The names of the boundary interfaces; includes `any` only if nothing leads
// outside.
std::vector<std::string> BoundaryOf(
    const std::vector<CaptureCounters>& captures, const Machine& machine);

}  // namespace ntm::interfaces
