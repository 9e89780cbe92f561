#include "live_view.h"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include "ntm/base/unix_time.h"
#include "ntm/flow/flow_rates.h"
#include "ntm/flow/host_text.h"
#include "ntm/flow/named_hosts.h"
#include "ntm/net/host_names.h"
#include "ntm/net/local_networks.h"
#include "ntm/net/protocol.h"
#include "shown_hosts.h"

namespace ntm::web {
namespace {

ClassId ClassOf(const Flow& flow) {
  const ClassId id = flow.traffic_class();
  return id == kNoClass ? kClassOther : id;
}

// The rate of each flow in bytes per second since `before`.
std::vector<double> RatesOf(const Snapshot& now, const Snapshot* before) {
  std::vector<double> rates;
  rates.reserve(now.flows.size());
  for (const FlowRate& rate : FlowRates(now, before)) {
    rates.push_back(rate.bytes_per_second.value_or(0));
  }
  return rates;
}

std::string ServiceText(const Snapshot& snapshot, ServiceId id) {
  return snapshot.services ? snapshot.services->Name(id) : "";
}

bool IsShown(const Snapshot& snapshot, size_t flow, const ShownOnly& only) {
  const FlowKey& key = snapshot.flows[flow].key;
  if (only.service && ServiceText(snapshot, key.service()) != *only.service) {
    return false;
  }
  const auto is_meant = [&](const std::string& host) {
    return IsListedAs(snapshot, key.Src(), snapshot.labels.src_prefix, host) ||
           IsListedAs(snapshot, key.Dst(), snapshot.labels.dst_prefix, host);
  };
  return only.hosts.empty() || std::ranges::any_of(only.hosts, is_meant);
}

template <class Key, class Sums, class Name>
std::vector<Talker> Largest(const Sums& sums, const Name& name) {
  std::vector<std::pair<const Key*, const Sum*>> order;
  order.reserve(sums.size());
  for (const auto& [key, sum] : sums) order.emplace_back(&key, &sum);
  const size_t shown = std::min(order.size(), kShownTalkers);
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(
      order.begin(), end, order.end(), [](const auto& a, const auto& b) {
        const double x = a.second->up_rate + a.second->down_rate;
        const double y = b.second->up_rate + b.second->down_rate;
        if (x != y) return x > y;
        return a.second->up + a.second->down > b.second->up + b.second->down;
      });
  std::vector<Talker> talkers;
  for (auto entry = order.begin(); entry != end; ++entry) {
    const Sum& sum = *entry->second;
    talkers.push_back({name(*entry->first, sum), sum.up_rate, sum.down_rate,
                       sum.up, sum.down});
    talkers.back().only_peer = sum.peer;
  }
  return talkers;
}

// What stands for them among the hosts, none of which is kNone.
constexpr Address kNoHost{};

class Summing {
 public:
  Summing(const Snapshot& now, const Reports& reports, LiveView* view)
      : now_(now), hosts_(now, reports), view_(*view) {
    if (now.names == nullptr || now.local_networks == nullptr) return;
    local_names_ = now.names->NamesIn(*now.local_networks);
  }

  void Count(size_t flow, double rate) {
    if (rate <= 0) return;
    ++view_.active_flows;
    const ClassId id = ClassOf(now_.flows[flow]);
    if (id < view_.classes.size()) ++view_.classes[id].active_flows;
  }

  void Add(size_t flow, double rate) {
    const FlowKey& key = now_.flows[flow].key;
    const uint64_t bytes = now_.flows[flow].bytes;
    const bool from_local = IsLocal(key.Src());
    services_[key.service()].Add(from_local, rate, bytes);
    AddHost(key.Src(), key.Dst(), from_local, true, rate, bytes);
    AddHost(key.Dst(), key.Src(), IsLocal(key.Dst()), false, rate, bytes);
  }

  const HostNames* names() const noexcept { return hosts_.names(); }

  void Finish() {
    const auto name = [this](const Address& address, const Sum& sum) {
      return address == kNoHost ? kNoHostText
                                : HostText(now_, address, sum.prefix);
    };
    const DeviceGroups groups = hosts_.Group(&local_);
    view_.local_hosts = Largest<Address>(local_, name);
    view_.remote_hosts = Largest<Address>(remote_, name);
    hosts_.Describe(groups, &view_.local_hosts);
    hosts_.Describe({}, &view_.remote_hosts);
    view_.services = Largest<ServiceId>(
        services_,
        [this](ServiceId id, const Sum&) { return ServiceText(now_, id); });
  }

 private:
  using Hosts = HostSums;

  bool IsLocal(const Address& address) const {
    if (address.kind == AddressKind::kName) {
      return local_names_.contains(address);
    }
    return address.kind != AddressKind::kInternet &&
           now_.local_networks != nullptr &&
           now_.local_networks->Contains(address);
  }

  // Traffic that a local host sends is up, and so is traffic sent to a remote
  // host.
  void AddHost(const Address& address, const Address& peer, bool is_local,
               bool is_src, double rate, uint64_t bytes) {
    if (address.kind == AddressKind::kOther ||
        address.kind == AddressKind::kNone) {
      return;
    }
    const PrefixBits& prefix =
        is_src ? now_.labels.src_prefix : now_.labels.dst_prefix;
    if (IsNoHost(now_, address, prefix)) {
      local_[kNoHost].Add(is_src, rate, bytes);
      return;
    }
    Sum& sum = (is_local ? local_ : remote_)[address];
    sum.prefix = prefix;
    sum.AddPeer(peer);
    sum.Add(is_local == is_src, rate, bytes);
  }

  const Snapshot& now_;
  ShownHosts hosts_;
  LiveView& view_;
  Hosts local_;
  Hosts remote_;
  std::unordered_map<ServiceId, Sum> services_;
  std::unordered_set<Address, AddressHash> local_names_;
};

uint64_t BytesOf(const Snapshot& snapshot, ClassId id) {
  uint64_t bytes = 0;
  for (const CaptureCounters& capture : snapshot.captures) {
    bytes += capture.classes.At(id).bytes;
  }
  return bytes;
}

std::vector<ClassRate> RatesByClass(const Snapshot& now,
                                    const Snapshot* before) {
  std::vector<ClassRate> rates;
  if (!now.traffic_classes) return rates;
  const double seconds =
      before == nullptr ? 0 : SecondsOf(now.time_ns - before->time_ns);
  for (size_t i = 0; i < now.traffic_classes->count(); ++i) {
    const auto id = static_cast<ClassId>(i);
    ClassRate rate;
    rate.name = now.traffic_classes->Name(id);
    rate.bytes = BytesOf(now, id);
    if (seconds > 0) {
      const uint64_t was = std::min(BytesOf(*before, id), rate.bytes);
      rate.bytes_per_second = static_cast<double>(rate.bytes - was) / seconds;
    }
    rates.push_back(std::move(rate));
  }
  return rates;
}

std::vector<ActiveFlow> BusiestFlows(const Snapshot& now,
                                     const std::vector<double>& rates,
                                     std::vector<size_t> order,
                                     const HostNames* names) {
  std::erase_if(order, [&](size_t flow) { return rates[flow] <= 0; });
  const size_t shown = std::min(order.size(), kShownFlows);
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(shown);
  std::partial_sort(order.begin(), end, order.end(), [&](size_t a, size_t b) {
    return rates[a] != rates[b] ? rates[a] > rates[b] : a < b;
  });
  std::vector<ActiveFlow> flows;
  for (auto flow = order.begin(); flow != end; ++flow) {
    const FlowKey& key = now.flows[*flow].key;
    const EndNames ends = NamesOfEnds(now, key, names);
    flows.push_back({HostText(now, key.Src(), now.labels.src_prefix),
                     HostText(now, key.Dst(), now.labels.dst_prefix),
                     std::string(ends.src), std::string(ends.dst),
                     std::string(ProtocolName(key.protocol())),
                     ServiceText(now, key.service()), ClassOf(now.flows[*flow]),
                     rates[*flow], now.flows[*flow].bytes});
  }
  return flows;
}

}  // namespace

LiveView ViewOf(const Snapshot& now, const Snapshot* before,
                const ShownOnly& only, const Reports& reports) {
  LiveView view;
  const std::vector<double> rates = RatesOf(now, before);
  view.classes = RatesByClass(now, before);
  Summing summing(now, reports, &view);
  std::vector<size_t> shown;
  shown.reserve(rates.size());
  for (size_t i = 0; i < rates.size(); ++i) {
    summing.Count(i, rates[i]);
    if (!IsShown(now, i, only)) continue;
    summing.Add(i, rates[i]);
    shown.push_back(i);
  }
  summing.Finish();
  view.flows = BusiestFlows(now, rates, std::move(shown), summing.names());
  return view;
}

}  // namespace ntm::web
