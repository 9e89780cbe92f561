#include "ntm/net/overlap.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

namespace ntm {
namespace {

// All interfaces stacked on one interface, directly or indirectly.
struct Above {
  std::set<int> links;
  // Pairs of a bridge and the port through which it is reached.
  std::set<std::pair<int, int>> bridge_ports;
};

class Topology {
 public:
  explicit Topology(const std::vector<LinkState>& links) : links_(links) {}

  const LinkState* Find(const std::string& name) const {
    const auto found = std::ranges::find(links_, name, &LinkState::name);
    return found != links_.end() ? &*found : nullptr;
  }
  const LinkState* Find(int index) const {
    const auto found = std::ranges::find(links_, index, &LinkState::index);
    return found != links_.end() ? &*found : nullptr;
  }

  Above Over(const LinkState& link) const {
    Above above;
    Climb(link, &above);
    above.links.erase(link.index);
    return above;
  }

 private:
  static bool IsVeth(const LinkState& link) { return link.kind == "veth"; }

  // The two ends of a veth pair see the same frames, so each counts as stacked
  // on the other.
  void Climb(const LinkState& link, Above* above) const {
    if (!above->links.insert(link.index).second) return;
    if (const LinkState* master = Find(link.master_index)) {
      if (master->is_bridge) {
        above->bridge_ports.emplace(master->index, link.index);
      }
      Climb(*master, above);
    }
    for (const LinkState& other : links_) {
      if (other.lower_index == link.index && IsStacked(other, link)) {
        Climb(other, above);
      }
    }
  }

  // Returns true iff packets of `upper` are packets of `lower` as well. Tunnels
  // also refer to another interface, but their packets differ.
  static bool IsStacked(const LinkState& upper, const LinkState& lower) {
    if (IsVeth(upper)) return IsVeth(lower);
    static constexpr std::string_view kKinds[] = {
        "vlan", "macvlan", "macvtap", "ipvlan", "ipvtap", "dsa", "macsec"};
    return std::ranges::find(kKinds, upper.kind) != std::end(kKinds);
  }

  const std::vector<LinkState>& links_;
};

std::string ReasonAbove(const LinkState& upper, const LinkState& lower) {
  if (upper.kind == "veth" && upper.lower_index == lower.index) {
    return upper.name + " and " + lower.name + " are the ends of one veth pair";
  }
  if (lower.master_index == upper.index) {
    return lower.name + " is a port of " + upper.name;
  }
  return upper.name + " is stacked on " + lower.name;
}

std::string SharedBridge(const Topology& topology, const Above& a,
                         const Above& b) {
  for (const auto& [bridge, port] : a.bridge_ports) {
    for (const auto& [other_bridge, other_port] : b.bridge_ports) {
      if (bridge == other_bridge && port != other_port) {
        return topology.Find(bridge)->name;
      }
    }
  }
  return "";
}

std::optional<Overlap> Compare(const Topology& topology, const std::string& a,
                               const std::string& b) {
  if (a == kAnyInterface || b == kAnyInterface) {
    const std::string& other = a == kAnyInterface ? b : a;
    return Overlap{std::string(kAnyInterface), other,
                   "any captures on " + other + " as well"};
  }
  if (a == b) return Overlap{a, b, a + " is named twice"};
  const LinkState* first = topology.Find(a);
  const LinkState* second = topology.Find(b);
  if (first == nullptr || second == nullptr) return std::nullopt;
  const Above over_first = topology.Over(*first);
  const Above over_second = topology.Over(*second);
  const bool second_is_above = over_first.links.contains(second->index);
  const bool first_is_above = over_second.links.contains(first->index);
  if (first_is_above) return Overlap{a, b, ReasonAbove(*first, *second)};
  if (second_is_above) return Overlap{b, a, ReasonAbove(*second, *first)};
  const std::string bridge = SharedBridge(topology, over_first, over_second);
  if (bridge.empty()) return std::nullopt;
  return Overlap{a, b, bridge + " forwards packets between " + a + " and " + b};
}

}  // namespace

std::vector<Overlap> FindOverlaps(const std::vector<std::string>& chosen,
                                  const std::vector<LinkState>& links) {
  const Topology topology(links);
  std::vector<Overlap> overlaps;
  for (auto a = chosen.begin(); a != chosen.end(); ++a) {
    if (*a == kAnyInterface && std::find(chosen.begin(), a, *a) == a) {
      overlaps.push_back({*a, *a,
                          "any captures a packet on every layer that it passes "
                          "(bridge, VLAN, both sides of a router)"});
    }
    for (auto b = a + 1; b != chosen.end(); ++b) {
      auto overlap = Compare(topology, *a, *b);
      if (overlap && std::ranges::find(overlaps, *overlap) == overlaps.end()) {
        overlaps.push_back(std::move(*overlap));
      }
    }
  }
  return overlaps;
}

}  // namespace ntm
