#include "site_ways.h"

#include <algorithm>

#include "ntm/net/address.h"
#include "ntm/net/network.h"

namespace ntm::interfaces {
namespace {

// Those that it may have from others than itself: an IPv6 link-local address
// comes with every link that is up.
std::vector<Address> ChosenAddresses(const LinkReading& link) {
  static const Network kLinkLocal = ParseNetwork("fe80::/10").value();
  std::vector<Address> chosen;
  for (const std::string& text : link.addresses) {
    const auto address = ParseAddress(text.substr(0, text.find('/')));
    if (address && !kLinkLocal.Contains(*address)) chosen.push_back(*address);
  }
  return chosen;
}

bool Has(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

bool IsAddressedSide(const LinkReading& link) {
  return link.up && !link.is_loopback && !ChosenAddresses(link).empty();
}

bool Overlap(const CaptureCounters& a, const CaptureCounters& b) {
  return Has(a.overlaps, b.interface) || Has(b.overlaps, a.interface);
}

}  // namespace

Machine::Machine(const std::vector<LinkReading>& all_links,
                 const Routing& routing,
                 const std::vector<std::string>& wan_names,
                 const LocalNetworks& local, bool are_addresses_known)
    : links(all_links),
      local_networks(local),
      outside(wan_names.empty() ? routing.default_interfaces : wan_names),
      knows_addresses(are_addresses_known),
      is_router(routing.forwards &&
                std::ranges::count_if(all_links, IsAddressedSide) >= 2),
      has_outside(
          std::ranges::any_of(all_links, [this](const LinkReading& link) {
            return LeadsOutside(link.name);
          })) {}

bool Machine::LeadsOutside(const std::string& name) const {
  return Has(outside, name);
}

SiteSense SenseOf(const LinkReading& link, const Machine& machine) {
  if (link.is_bridge) return SiteSense::kUnknown;
  if (machine.LeadsOutside(link.name)) return SiteSense::kReceiveIsDown;
  const std::vector<Address> own = ChosenAddresses(link);
  if (own.empty() && machine.knows_addresses) return SiteSense::kUnknown;
  if (!machine.is_router) return SiteSense::kReceiveIsDown;
  const bool is_local = std::ranges::any_of(own, [&](const Address& address) {
    return machine.local_networks.Contains(address);
  });
  if (!is_local) return SiteSense::kReceiveIsDown;
  // Its own networks are local in any case. Where nothing else is known to
  // lead outside, that alone does not say that it does not.
  const bool is_private = std::ranges::any_of(
      own, [](const Address& address) { return IsLocal(address); });
  return is_private || machine.has_outside ? SiteSense::kTransmitIsDown
                                           : SiteSense::kUnknown;
}

std::vector<std::string> WaysOf(const std::vector<CaptureCounters>& captures,
                                const Machine& machine) {
  std::vector<const CaptureCounters*> order;
  for (const CaptureCounters& capture : captures) order.push_back(&capture);
  std::ranges::stable_sort(order, {}, [&](const CaptureCounters* capture) {
    if (machine.LeadsOutside(capture->interface)) return 0;
    return capture->overlaps.empty() ? 2 : 1;
  });
  std::vector<std::string> ways;
  std::vector<const CaptureCounters*> kept;
  for (const CaptureCounters* capture : order) {
    const bool is_seen =
        std::ranges::any_of(kept, [&](const CaptureCounters* other) {
          return Overlap(*capture, *other);
        });
    if (!is_seen) kept.push_back(capture);
  }
  for (const CaptureCounters* capture : kept)
    ways.push_back(capture->interface);
  const auto leads_outside = [&](const std::string& name) {
    return machine.LeadsOutside(name);
  };
  if (Has(ways, std::string(kAny)) && machine.has_outside) {
    ways.clear();
    for (const LinkReading& link : machine.links) {
      if (leads_outside(link.name)) ways.push_back(link.name);
    }
  }
  if (machine.is_router && std::ranges::any_of(ways, leads_outside)) {
    std::erase_if(
        ways, [&](const std::string& name) { return !leads_outside(name); });
  }
  std::ranges::sort(ways);
  return ways;
}

}  // namespace ntm::interfaces
