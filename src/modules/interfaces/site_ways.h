// Which interfaces lead into the site and out of it, and which of their
// counters is the way in.
//
// Shape    the site's ways are the captured interfaces, each packet at one of
//          them: of two that bring the same packets the one above stays (a
//          bridge before its ports), or the one that leads outside; and where
//          the machine routes between captured interfaces, those that lead
//          outside stay alone. In place of `any` stand those that lead outside.
//          An interface leads outside if --wan-interface names it or, without
//          that, a default route goes through it. Its receive is down. So it is
//          on a machine that does not route: there the machine itself is the
//          local host. On one that does, the other interfaces lead to local
//          hosts if their own addresses are local: their transmit is down.
//          Nothing can be told so of a bridge, which passes both ways on and
//          counts them alike, nor of what has no address, as a bridge's port
//          or a mirror's has none.
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

// The capture of all interfaces, which is none of the kernel's links.
inline constexpr std::string_view kAny = "any";

// What is known of the machine at one reading; what it refers to must outlive
// it.
struct Machine {
  // `wan_names` are those of --wan-interface.
  Machine(const std::vector<LinkReading>& all_links, const Routing& routing,
          const std::vector<std::string>& wan_names, const LocalNetworks& local,
          bool are_addresses_known = true);

  const std::vector<LinkReading>& links;
  const LocalNetworks& local_networks;
  // The interfaces that lead outside, whether they are there or not.
  const std::vector<std::string>& outside;
  bool knows_addresses;
  // Forwarding is switched on wherever containers run: a router has at least
  // two sides that are up as well.
  bool is_router;
  bool has_outside;  // one of those is there

  bool LeadsOutside(const std::string& name) const;
};

SiteSense SenseOf(const LinkReading& link, const Machine& machine);

// The names of the ways, `any` among them only where nothing leads outside.
std::vector<std::string> WaysOf(const std::vector<CaptureCounters>& captures,
                                const Machine& machine);

}  // namespace ntm::interfaces
