#include "shown_hosts.h"

#include <utility>

namespace ntm::web {

ShownHosts::ShownHosts(const Snapshot& snapshot, const Reports& reports) {
  const FlowLabelOptions& labels = snapshot.labels;
  const auto folds = [](const PrefixBits& prefix) {
    return prefix.Folds(AddressKind::kIpv4) || prefix.Folds(AddressKind::kIpv6);
  };
  if (snapshot.anonymizer != nullptr || folds(labels.src_prefix) ||
      folds(labels.dst_prefix)) {
    return;
  }
  devices_ = reports.devices.get();
  if (reports.names != nullptr) names_ = reports.names->names.get();
}

DeviceGroups ShownHosts::Group(HostSums* hosts) const {
  DeviceGroups groups;
  if (devices_ == nullptr) return groups;
  for (const LocalDevice& device : devices_->devices) {
    std::vector<Address> present;
    for (const Address& address : device.addresses) {
      if (hosts->contains(address)) present.push_back(address);
    }
    if (present.size() < 2) continue;
    Sum& sum = hosts->at(present.front());
    std::vector<std::string>& texts = groups[ToString(present.front())];
    for (const Address& address : present) {
      texts.push_back(ToString(address));
      if (address == present.front()) continue;
      const Sum& more = hosts->at(address);
      sum.up_rate += more.up_rate;
      sum.down_rate += more.down_rate;
      sum.up += more.up;
      sum.down += more.down;
      hosts->erase(address);
    }
  }
  return groups;
}

void ShownHosts::Describe(const DeviceGroups& groups,
                          std::vector<Talker>* hosts) const {
  for (Talker& host : *hosts) {
    const auto address = ParseAddress(host.name);
    if (!address) continue;
    if (names_ != nullptr) {
      host.host_name = names_->FindFor(host.only_peer, *address);
    }
    const LocalDevice* device =
        devices_ != nullptr ? devices_->Find(*address) : nullptr;
    if (device != nullptr) {
      host.vendor = device->vendor;
      if (!device->name.empty()) host.host_name = device->name;
    }
    const auto group = groups.find(host.name);
    if (group != groups.end()) host.addresses = group->second;
  }
}

}  // namespace ntm::web
