#include "hosts_answer.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <stdexcept>
#include <unordered_map>

#include "device_text.h"
#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"

namespace ntm::devices {
namespace {

using nlohmann::ordered_json;

using UsageByHost = std::unordered_map<std::string, const HostUsage*>;

ordered_json HostJson(const Device& device, const UsageByHost& usage) {
  ordered_json addresses = ordered_json::array();
  uint64_t in = 0;
  uint64_t out = 0;
  for (const Address& address : InShownOrder(device.addresses)) {
    std::string text = ToString(address);
    if (const auto used = usage.find(text); used != usage.end()) {
      in += used->second->in_bytes;
      out += used->second->out_bytes;
    }
    addresses.push_back(std::move(text));
  }
  return {{"id", device.id},
          {"name", device.name},
          {"addresses", std::move(addresses)},
          {"mac", device.mac},
          {"vendor", VendorText(device.mac)},
          {"first_seen", UtcText(device.first_seen_s * kNsPerSecond)},
          {"last_seen", UtcText(device.last_seen_s * kNsPerSecond)},
          {"was_new", device.is_new},
          {"in_bytes_today", in},
          {"out_bytes_today", out}};
}

}  // namespace

HostsQuestion ParseHostsQuestion(
    const std::map<std::string, std::string>& query) {
  HostsQuestion question{DeviceBook::kMostDevices, false};
  if (const auto limit = query.find("limit"); limit != query.end()) {
    const auto number =
        ParseWholeNumber(limit->second, 1, DeviceBook::kMostDevices);
    if (!number) {
      throw std::invalid_argument(fmt::format(
          "limit is not a number from 1 to {}", DeviceBook::kMostDevices));
    }
    question.limit = static_cast<size_t>(*number);
  }
  if (const auto only = query.find("new"); only != query.end()) {
    if (only->second != "true" && only->second != "false") {
      throw std::invalid_argument("new must be true or false");
    }
    question.only_new = only->second == "true";
  }
  return question;
}

ordered_json HostsJson(const HostsQuestion& question,
                       const HostsMoment& moment) {
  UsageByHost usage;
  if (moment.usage != nullptr) {
    for (const HostUsage& host : moment.usage->hosts) usage[host.host] = &host;
  }
  ordered_json list = ordered_json::array();
  size_t matching = 0;
  for (const Device& device : moment.devices) {
    if (question.only_new && !device.is_new) continue;
    ++matching;
    if (list.size() < question.limit) list.push_back(HostJson(device, usage));
  }
  return {{"timestamp", UtcText(moment.time_s * kNsPerSecond)},
          {"learns_until", UtcText(moment.learns_until_s * kNsPerSecond)},
          {"anonymized", moment.is_anonymized},
          {"matching_hosts", matching},
          {"hosts", std::move(list)}};
}

}  // namespace ntm::devices
