#include "site_boundary.h"

#include <algorithm>

#include "ntm/net/address.h"
#include "ntm/net/network.h"

namespace ntm::interfaces {
namespace {

// The link's addresses except IPv6 link-local ones, which every link that is up
// has.
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
  // The machine's own networks always count as local, so a public address does
  // not prove that the link is inside unless another link leads outside.
  const bool is_private = std::ranges::any_of(
      own, [](const Address& address) { return IsLocal(address); });
  return is_private || machine.has_outside ? SiteSense::kTransmitIsDown
                                           : SiteSense::kUnknown;
}

std::vector<std::string> BoundaryOf(
    const std::vector<CaptureCounters>& captures, const Machine& machine) {
  std::vector<const CaptureCounters*> order;
  for (const CaptureCounters& capture : captures) order.push_back(&capture);
  std::ranges::stable_sort(order, {}, [&](const CaptureCounters* capture) {
    if (machine.LeadsOutside(capture->interface)) return 0;
    return capture->overlaps.empty() ? 2 : 1;
  });
  std::vector<std::string> boundary;
  std::vector<const CaptureCounters*> kept;
  for (const CaptureCounters* capture : order) {
    const bool is_seen =
        std::ranges::any_of(kept, [&](const CaptureCounters* other) {
          return Overlap(*capture, *other);
        });
    if (!is_seen) kept.push_back(capture);
  }
  for (const CaptureCounters* capture : kept)
    boundary.push_back(capture->interface);
  const auto leads_outside = [&](const std::string& name) {
    return machine.LeadsOutside(name);
  };
  if (Has(boundary, std::string(kAny)) && machine.has_outside) {
    boundary.clear();
    for (const LinkReading& link : machine.links) {
      if (leads_outside(link.name)) boundary.push_back(link.name);
    }
  }
  if (machine.is_router && std::ranges::any_of(boundary, leads_outside)) {
    std::erase_if(boundary, [&](const std::string& name) {
      return !leads_outside(name);
    });
  }
  std::ranges::sort(boundary);
  return boundary;
}

}  // namespace ntm::interfaces
