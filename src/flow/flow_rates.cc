#include "ntm/flow/flow_rates.h"

#include <functional>
#include <string_view>
#include <unordered_map>

#include "ntm/base/counter_growth.h"
#include "ntm/base/unix_time.h"

namespace ntm {
namespace {

struct FullKeyHash {
  size_t operator()(const FullKey& full) const noexcept {
    const auto* bytes = reinterpret_cast<const char*>(&full);
    return std::hash<std::string_view>()({bytes, sizeof full});
  }
};

}  // namespace

std::vector<FlowRate> FlowRates(const Snapshot& now, const Snapshot* before) {
  std::unordered_map<FullKey, const Flow*, FullKeyHash> past;
  double seconds = 0;
  if (before != nullptr && now.time_ns > before->time_ns) {
    seconds = SecondsOf(now.time_ns - before->time_ns);
    past.reserve(before->flows.size());
    for (size_t i = 0; i < before->flows.size(); ++i) {
      past.emplace(KeyAt(*before, i), &before->flows[i]);
    }
  }
  std::vector<FlowRate> rates;
  rates.reserve(now.flows.size());
  for (size_t i = 0; i < now.flows.size(); ++i) {
    const Flow& flow = now.flows[i];
    FlowRate rate{i, std::nullopt, std::nullopt};
    if (seconds > 0) {
      const auto found = past.find(KeyAt(now, i));
      const auto grown = [&](uint64_t Flow::*counter) {
        const uint64_t was = found == past.end() ? 0 : found->second->*counter;
        return static_cast<double>(CounterGrowth(was, flow.*counter)) / seconds;
      };
      rate.bytes_per_second = grown(&Flow::bytes);
      rate.packets_per_second = grown(&Flow::packets);
    }
    rates.push_back(rate);
  }
  return rates;
}

}  // namespace ntm
