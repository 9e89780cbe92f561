#include "flow_rates.h"

#include <functional>
#include <unordered_map>

#include "ntm/unix_time.h"

namespace ntm::traffic {
namespace {

struct FullKeyHash {
  size_t operator()(const FullKey& full) const noexcept {
    const auto* bytes = reinterpret_cast<const char*>(&full);
    return std::hash<std::string_view>()({bytes, sizeof full});
  }
};

FullKey KeyOf(const Snapshot& snapshot, size_t flow) {
  return {snapshot.flows[flow].key.Bare(),
          snapshot.extras.empty() ? FlowExtras() : snapshot.extras[flow]};
}

}  // namespace

std::vector<FlowRate> FlowRates(const Snapshot& now, const Snapshot* before) {
  std::unordered_map<FullKey, const Flow*, FullKeyHash> past;
  double seconds = 0;
  if (before != nullptr && now.time_ns > before->time_ns) {
    seconds = SecondsOf(now.time_ns - before->time_ns);
    past.reserve(before->flows.size());
    for (size_t i = 0; i < before->flows.size(); ++i) {
      past.emplace(KeyOf(*before, i), &before->flows[i]);
    }
  }
  std::vector<FlowRate> rates;
  rates.reserve(now.flows.size());
  for (size_t i = 0; i < now.flows.size(); ++i) {
    const Flow& flow = now.flows[i];
    FlowRate rate{i, std::nullopt, std::nullopt};
    if (seconds > 0) {
      const auto found = past.find(KeyOf(now, i));
      const auto grown = [&](uint64_t Flow::*counter) {
        const uint64_t was = found == past.end() ? 0 : found->second->*counter;
        // A key that came back has begun anew.
        const uint64_t since =
            flow.*counter < was ? flow.*counter : flow.*counter - was;
        return static_cast<double>(since) / seconds;
      };
      rate.bytes_per_second = grown(&Flow::bytes);
      rate.packets_per_second = grown(&Flow::packets);
    }
    rates.push_back(rate);
  }
  return rates;
}

FlowClasses::FlowClasses(const Snapshot& snapshot, const QosReport* report,
                         const std::vector<FlowRate>& rates)
    : snapshot_(snapshot) {
  for (const FlowRate& rate : rates) {
    sums_[IdOf(rate.flow)] += rate.bytes_per_second.value_or(0);
  }
  if (report == nullptr || snapshot.traffic_classes == nullptr) return;
  for (const ClassShare& share : report->classes) {
    shares_[snapshot.traffic_classes->Find(share.name)] = &share;
  }
  shares_[kNoClass] = nullptr;
}

ClassId FlowClasses::IdOf(size_t flow) const {
  return snapshot_.labels.labels.Has(FlowLabel::kClass)
             ? snapshot_.extras[flow].traffic_class
             : snapshot_.flows[flow].key.traffic_class();
}

std::string_view FlowClasses::Name(size_t flow) const {
  if (snapshot_.traffic_classes == nullptr) return "";
  return snapshot_.traffic_classes->Name(IdOf(flow));
}

std::optional<int> FlowClasses::Priority(size_t flow) const {
  const ClassShare* share = shares_[IdOf(flow)];
  if (share == nullptr) return std::nullopt;
  return share->priority;
}

std::optional<double> FlowClasses::AllocatedBytesPerSecond(
    const FlowRate& rate) const {
  const ClassId id = IdOf(rate.flow);
  if (shares_[id] == nullptr || !rate.bytes_per_second) return std::nullopt;
  if (sums_[id] <= 0) return 0;
  return shares_[id]->allocated_bytes_per_second * *rate.bytes_per_second /
         sums_[id];
}

}  // namespace ntm::traffic
