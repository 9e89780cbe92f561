#include "push_meter.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/http/json.h"

namespace ntm::agents {
namespace {

using Json = nlohmann::ordered_json;

// Ticks come a little early or late.
constexpr std::chrono::milliseconds kEarly{200};

uint64_t Growth(uint64_t now, uint64_t before) {
  return now > before ? now - before : 0;
}

}  // namespace

PushMeter::PushMeter(Identity identity, const std::optional<std::string>& state)
    : identity_(std::move(identity)), series_(identity_.new_series) {
  if (!state) return;
  try {
    const Json json = ParseJson(*state);
    const std::string series = json.at("series").get<std::string>();
    if (!IsAgentId(series)) throw Error("it is damaged");
    total_ = {json.at("receive_bytes").get<uint64_t>(),
              json.at("transmit_bytes").get<uint64_t>()};
    for (const auto& [name, pair] : json.at("interfaces").items()) {
      seen_[name] = {pair.at(0).get<uint64_t>(), pair.at(1).get<uint64_t>()};
    }
    last_boot_ = json.at("boot").get<std::string>();
    series_ = series;
  } catch (const Json::exception&) {
    throw Error("it is damaged");
  }
}

std::optional<TrafficUpdate> PushMeter::Read(const InterfaceReport& report,
                                             std::chrono::nanoseconds elapsed) {
  if (!begun_) {
    Begin(report);
  } else {
    since_update_ += elapsed;
    total_.receive += Growth(report.site.down_bytes, read_.receive);
    total_.transmit += Growth(report.site.up_bytes, read_.transmit);
  }
  read_ = {report.site.down_bytes, report.site.up_bytes};
  for (const SiteInterface& boundary : report.site.interfaces) {
    seen_[boundary.counter_name] = {boundary.down_bytes, boundary.up_bytes};
  }
  if (!IsDue(elapsed)) return std::nullopt;
  return Make(report);
}

void PushMeter::Begin(const InterfaceReport& report) {
  begun_ = true;
  if (last_boot_ == identity_.boot) {
    CatchUp(report);
  } else {
    total_.receive += report.site.down_bytes;
    total_.transmit += report.site.up_bytes;
  }
  seen_.clear();
  at_update_ = total_;
}

void PushMeter::CatchUp(const InterfaceReport& report) {
  for (const SiteInterface& boundary : report.site.interfaces) {
    const auto last = seen_.find(boundary.counter_name);
    if (last == seen_.end()) continue;
    total_.receive += Growth(boundary.down_bytes, last->second.receive);
    total_.transmit += Growth(boundary.up_bytes, last->second.transmit);
  }
}

// The first update is due once two readings give a rate.
bool PushMeter::IsDue(std::chrono::nanoseconds elapsed) {
  if (since_update_.count() == 0) return false;
  if (sequence_ == 0) {
    until_next_ = identity_.interval;
    return true;
  }
  until_next_ -= elapsed;
  if (until_next_ > kEarly) return false;
  until_next_ += identity_.interval;
  // No burst of updates after missed ticks.
  if (until_next_ < kEarly) until_next_ = identity_.interval;
  return true;
}

TrafficUpdate PushMeter::Make(const InterfaceReport& report) {
  const double seconds = std::chrono::duration<double>(since_update_).count();
  TrafficUpdate update;
  update.id = identity_.id;
  update.receive_bytes_per_second =
      static_cast<double>(total_.receive - at_update_.receive) / seconds;
  update.transmit_bytes_per_second =
      static_cast<double>(total_.transmit - at_update_.transmit) / seconds;
  update.receive_bytes = static_cast<int64_t>(total_.receive);
  update.transmit_bytes = static_cast<int64_t>(total_.transmit);
  update.max_bytes_per_second = 2 * report.site.max_bytes_per_second;
  update.is_ntm = true;
  update.origin.series = series_;
  update.origin.run = identity_.run;
  update.origin.sequence = ++sequence_;
  update.origin.interval_seconds =
      std::chrono::duration<double>(identity_.interval).count();
  at_update_ = total_;
  since_update_ = {};
  return update;
}

std::string PushMeter::State() const {
  if (!begun_) return "";
  Json interfaces = Json::object();
  for (const auto& [name, pair] : seen_) {
    interfaces[name] = {pair.receive, pair.transmit};
  }
  return WriteJson(Json{{"version", 1},
                        {"series", series_},
                        {"boot", identity_.boot},
                        {"receive_bytes", total_.receive},
                        {"transmit_bytes", total_.transmit},
                        {"interfaces", std::move(interfaces)}}) +
         "\n";
}

}  // namespace ntm::agents
