#include <fmt/format.h>

#include <algorithm>
#include <string_view>

#include "doctor_checks.h"
#include "ntm/net/link.h"
#include "ntm/net/overlap.h"

namespace ntm {
namespace {

constexpr size_t kMaxNames = 12;

std::string NamesOf(const std::vector<LinkState>& links) {
  std::string names;
  for (size_t i = 0; i < std::min(links.size(), kMaxNames); ++i) {
    names += (names.empty() ? "" : ", ") + links[i].name;
  }
  if (links.size() <= kMaxNames) return names;
  return fmt::format("{} and {} more", names, links.size() - kMaxNames);
}

// Returns true iff the link's peer or parent is in another network namespace,
// as with a container's own interface.
bool ComesFromElsewhere(const LinkState& link) {
  return link.lower_is_elsewhere &&
         (link.kind == "veth" || link.kind == "macvlan" ||
          link.kind == "ipvlan");
}

}  // namespace

Finding JudgeNamespace(const std::vector<LinkState>& links) {
  constexpr char kName[] = "namespace";
  constexpr char kRemedy[] =
      "in a container, use the host's network: docker run --network host, "
      "network_mode: host, hostNetwork: true";
  std::vector<LinkState> real;
  std::ranges::copy_if(links, std::back_inserter(real),
                       [](const LinkState& link) { return !link.is_loopback; });
  if (real.empty()) {
    return Warn(kName, "there is no interface but loopback", kRemedy);
  }
  if (std::ranges::all_of(real, ComesFromElsewhere)) {
    return Warn(kName,
                "all interfaces but loopback lead to another network namespace "
                "(" +
                    NamesOf(real) +
                    "): this looks like a container's own network, so ntm sees "
                    "only this container's traffic",
                kRemedy);
  }
  return Ok(kName, "the interfaces are " + NamesOf(links));
}

Finding JudgeLink(const std::string& name, const std::vector<LinkState>& links,
                  bool wait_interface) {
  constexpr char kName[] = "interface";
  const auto trouble = [&](const std::string& what, const std::string& remedy) {
    return wait_interface
               ? Warn(kName, name + what + ": ntm waits for it", remedy)
               : Fail(kName, name + what, remedy);
  };
  if (name == kAnyInterface) {
    return Ok(kName, "any captures on all interfaces that are up");
  }
  const auto link = std::ranges::find(links, name, &LinkState::name);
  if (link == links.end()) {
    return trouble(" does not exist",
                   "choose one of: " + NamesOf(links) +
                       (wait_interface ? "" : "; or use --wait-interface"));
  }
  if (!link->admin_up) {
    return trouble(" is down", "sudo ip link set dev " + name + " up");
  }
  if (!link->has_carrier) {
    return Fail(kName, name + " is up, but has no carrier",
                "check the cable, the access point or the other end");
  }
  return Ok(kName, name + " is up");
}

Findings JudgeOverlaps(const std::vector<std::string>& chosen,
                       const std::vector<LinkState>& links) {
  constexpr char kName[] = "overlap";
  Findings findings;
  for (const Overlap& overlap : FindOverlaps(chosen, links)) {
    findings.push_back(Warn(
        kName, "packets are counted more than once: " + overlap.reason,
        overlap.interface == overlap.with ? "name one interface with -i"
                                          : "capture on one of them only"));
  }
  if (findings.empty()) {
    findings.push_back(Ok(kName, "no packet is captured twice"));
  }
  return findings;
}

}  // namespace ntm
