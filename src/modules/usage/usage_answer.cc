#include "usage_answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/base/whole_number.h"
#include "ntm/http/json.h"

namespace ntm::usage {
namespace {

using nlohmann::ordered_json;

constexpr size_t kDefaultLimit = 100;
constexpr size_t kMaxLimit = 10'000;

using Query = std::map<std::string, std::string>;

const std::string* Find(const Query& query, const std::string& name) {
  const auto found = query.find(name);
  return found == query.end() ? nullptr : &found->second;
}

size_t ParseLimit(const std::string& text) {
  const auto limit = ParseWholeNumber(text, 1, kMaxLimit);
  if (!limit) {
    throw std::invalid_argument(
        fmt::format("limit is not a number from 1 to {}", kMaxLimit));
  }
  return static_cast<size_t>(*limit);
}

// nullptr if the text is no address of a known device.
const LocalDevice* DeviceOf(const std::string& host,
                            const DeviceReport* devices) {
  if (devices == nullptr) return nullptr;
  const auto address = ParseAddress(host);
  return address ? devices->Find(*address) : nullptr;
}

std::string ShownName(const LocalDevice& device) {
  if (!device.name.empty()) return device.name;
  return device.addresses.empty() ? device.id
                                  : ToString(device.addresses.front());
}

ordered_json DeviceJson(const LocalDevice& device) {
  ordered_json addresses = ordered_json::array();
  for (const Address& address : device.addresses) {
    addresses.push_back(ToString(address));
  }
  return {{"id", device.id},
          {"mac", device.mac},
          {"vendor", device.vendor},
          {"addresses", std::move(addresses)}};
}

ordered_json BytesJson(const Bytes& bytes) {
  return {{"in_bytes", bytes.in}, {"out_bytes", bytes.out}};
}

}  // namespace

UsageQuestion ParseUsageQuestion(const Query& query, int64_t now_s,
                                 int billing_day) {
  UsageQuestion question;
  const std::string* day = Find(query, "day");
  const std::string* month = Find(query, "month");
  if (day != nullptr && month != nullptr) {
    throw std::invalid_argument("day: cannot be used together with month");
  }
  question.is_month = day == nullptr;
  const auto span = day != nullptr     ? ParseDay(*day)
                    : month != nullptr ? ParseMonth(*month, billing_day)
                                       : MonthOf(now_s, billing_day);
  if (!span) {
    throw std::invalid_argument(
        day != nullptr
            ? "day: '" + *day + "' is not a day such as 2026-01-31"
            : "month: '" + *month + "' is not a month such as 2026-01");
  }
  question.span = *span;
  const std::string* by = Find(query, "by");
  question.by_service = by != nullptr && *by == "service";
  question.by_device = by != nullptr && *by == "device";
  if (by != nullptr && !question.by_service && !question.by_device &&
      *by != "host") {
    throw std::invalid_argument("by must be host, device or service");
  }
  const std::string* limit = Find(query, "limit");
  question.limit = limit == nullptr ? kDefaultLimit : ParseLimit(*limit);
  return question;
}

std::vector<UsageEntry> Entries(const UsageQuestion& question,
                                const UsageRows& rows, bool shows_aliases,
                                const DeviceReport* devices) {
  std::map<std::string, Bytes> sums;
  std::map<std::string, const LocalDevice*> found;  // by their ids
  if (!question.by_device || shows_aliases) devices = nullptr;
  for (const auto& [key, bytes] : rows) {
    const bool is_shown = key.is_sum() || key.is_alias == shows_aliases;
    const std::string& host = is_shown ? key.host : kOther;
    const LocalDevice* device = DeviceOf(host, devices);
    if (device != nullptr) found[device->id] = device;
    sums[question.by_service ? key.service
         : device != nullptr ? device->id
                             : host] += bytes;
  }
  UsageEntry other{kOther, {}};
  std::vector<UsageEntry> entries;
  for (const auto& [name, bytes] : sums) {
    if (name == kOther) {
      other.bytes += bytes;
    } else if (const auto device = found.find(name); device != found.end()) {
      entries.push_back({ShownName(*device->second), bytes, *device->second});
    } else {
      entries.push_back({name, bytes});
    }
  }
  std::ranges::stable_sort(entries, std::greater(),
                           [](const UsageEntry& e) { return e.bytes.sum(); });
  while (entries.size() > question.limit) {
    other.bytes += entries.back().bytes;
    entries.pop_back();
  }
  if (other.bytes.sum() > 0) entries.push_back(other);
  return entries;
}

ordered_json UsageJson(const UsageQuestion& question,
                       const std::vector<UsageEntry>& entries) {
  ordered_json json = {
      {question.is_month ? "month" : "day", question.span.name},
      {"from", UtcText(question.span.from_s * kNsPerSecond)},
      {"to", UtcText(question.span.to_s * kNsPerSecond)},
      {"by", question.by_service  ? "service"
             : question.by_device ? "device"
                                  : "host"},
  };
  Bytes total;
  ordered_json list = ordered_json::array();
  for (const UsageEntry& entry : entries) {
    total += entry.bytes;
    ordered_json one = {{"name", entry.name}};
    one.update(BytesJson(entry.bytes));
    if (entry.device) one.update(DeviceJson(*entry.device));
    list.push_back(std::move(one));
  }
  json["entries"] = std::move(list);
  json["total"] = BytesJson(total);
  return json;
}

ordered_json MonthJson(const MonthUse& month, int64_t now_s,
                       uint64_t quota_bytes) {
  ordered_json json = {
      {"receive_bytes", month.receive_bytes()},
      {"transmit_bytes", month.transmit_bytes()},
      {"used_bytes", month.used_bytes()},
      {"expected_bytes", nullptr},
      {"quota_bytes", nullptr},
      {"quota_used_ratio", nullptr},
      {"percentile_95", nullptr},
  };
  if (const auto expected = month.ExpectedBytes(now_s)) {
    json["expected_bytes"] = *expected;
  }
  if (quota_bytes > 0) {
    json["quota_bytes"] = quota_bytes;
    json["quota_used_ratio"] = static_cast<double>(month.used_bytes()) /
                               static_cast<double>(quota_bytes);
  }
  if (const auto percentiles = month.Percentile95()) {
    json["percentile_95"] = {
        {"receive_bytes_per_second", percentiles->receive_bytes_per_second},
        {"transmit_bytes_per_second", percentiles->transmit_bytes_per_second},
        {"larger_bytes_per_second", percentiles->larger()},
    };
  }
  return json;
}

}  // namespace ntm::usage
