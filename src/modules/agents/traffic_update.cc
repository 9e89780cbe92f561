#include "traffic_update.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "ntm/http/json.h"

namespace ntm::agents {
namespace {

using Json = nlohmann::ordered_json;

constexpr double kMostMegabytesPerSecond = 1e9;
constexpr double kMostGigabytes = 4e9;
constexpr double kWholePercent = 100;
constexpr double kMostAgeSeconds = 31.0 * 86400;
constexpr double kMostIntervalSeconds = 86400;

bool IsIdChar(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

// Reads the members of one object and remembers the first fault.
class Members {
 public:
  Members(const Json& object, std::string path, std::string* fault)
      : object_(object), path_(std::move(path)), fault_(fault) {}

  double Number(const char* name, double min, double max, bool required) const {
    const auto found = object_.find(name);
    if (found == object_.end() || found->is_null()) {
      if (required) Say(name, "is missing");
      return 0;
    }
    const double value = found->is_number() ? found->get<double>() : NAN;
    if (!std::isfinite(value) || value < min || value > max) {
      Say(name, "is not a number in the allowed range");
      return 0;
    }
    return value;
  }

  template <typename Integer>
  Integer Whole(const char* name) const {
    const auto found = object_.find(name);
    const bool is_whole =
        found != object_.end() && found->is_number_unsigned() &&
        found->template get<uint64_t>() <= uint64_t{INT64_MAX};
    if (!is_whole) {
      Say(name, "is not a non-negative integer");
      return 0;
    }
    return found->template get<Integer>();
  }

  std::string Id(const char* name) const {
    const auto found = object_.find(name);
    if (found == object_.end() || !found->is_string() ||
        !IsAgentId(found->get_ref<const std::string&>())) {
      Say(name, "is not 1 to 64 of A-Z a-z 0-9 . _ -");
      return {};
    }
    return found->get<std::string>();
  }

 private:
  void Say(const char* name, const char* what) const {
    if (fault_->empty()) *fault_ = path_ + name + " " + what;
  }

  const Json& object_;
  std::string path_;
  std::string* fault_;
};

int64_t BytesOf(double gigabytes) {
  return std::llround(gigabytes * kBytesPerGigabyte);
}

void ReadOrigin(const Json& object, TrafficUpdate* update, std::string* fault) {
  const Members members(object, "ntm.", fault);
  UpdateOrigin& origin = update->origin;
  update->is_ntm = true;
  origin.series = members.Id("series");
  origin.run = members.Id("run");
  origin.sequence = members.Whole<uint64_t>("sequence");
  origin.age_seconds = members.Number("age_seconds", 0, kMostAgeSeconds, true);
  origin.interval_seconds =
      members.Number("interval_seconds", 0, kMostIntervalSeconds, true);
  update->receive_bytes = members.Whole<int64_t>("receive_bytes");
  update->transmit_bytes = members.Whole<int64_t>("transmit_bytes");
}

TrafficUpdate ReadUpdate(const Json& object, std::string* fault) {
  const Members members(object, "", fault);
  const auto rate = [&](const char* name, bool required) {
    return members.Number(name, 0, kMostMegabytesPerSecond, required) *
           kBytesPerMegabyte;
  };
  const auto total = [&](const char* name) {
    return BytesOf(members.Number(name, 0, kMostGigabytes, true));
  };
  TrafficUpdate update;
  update.id = members.Id("service_id");
  update.transmit_bytes_per_second = rate("bandwidth_up", true);
  update.receive_bytes_per_second = rate("bandwidth_down", true);
  update.transmit_bytes = total("total_up");
  update.receive_bytes = total("total_down");
  update.max_bytes_per_second = rate("max_bandwidth", false);
  update.cpu_percent = members.Number("cpu_percent", 0, kWholePercent, false);
  update.memory_percent =
      members.Number("memory_percent", 0, kWholePercent, false);
  if (const auto own = object.find("ntm"); own != object.end()) {
    ReadOrigin(own->is_object() ? *own : Json::object(), &update, fault);
  }
  return update;
}

}  // namespace

bool IsAgentId(const std::string& id) {
  return !id.empty() && id.size() <= kLongestIdBytes &&
         std::ranges::all_of(id, IsIdChar);
}

std::string ToJson(const TrafficUpdate& update) {
  Json json = {
      {"service_id", update.id},
      {"bandwidth_up", update.transmit_bytes_per_second / kBytesPerMegabyte},
      {"bandwidth_down", update.receive_bytes_per_second / kBytesPerMegabyte},
      {"total_up",
       static_cast<double>(update.transmit_bytes) / kBytesPerGigabyte},
      {"total_down",
       static_cast<double>(update.receive_bytes) / kBytesPerGigabyte},
      {"max_bandwidth", update.max_bytes_per_second / kBytesPerMegabyte},
      {"cpu_percent", update.cpu_percent},
      {"memory_percent", update.memory_percent}};
  if (update.is_ntm) {
    const UpdateOrigin& origin = update.origin;
    json["ntm"] = {{"series", origin.series},
                   {"run", origin.run},
                   {"sequence", origin.sequence},
                   {"age_seconds", origin.age_seconds},
                   {"interval_seconds", origin.interval_seconds},
                   {"receive_bytes", update.receive_bytes},
                   {"transmit_bytes", update.transmit_bytes}};
  }
  return WriteJson(json);
}

std::variant<TrafficUpdate, UpdateFault> ParseUpdate(const std::string& text) {
  const Json json = ParseJson(text);
  if (json.is_discarded()) return UpdateFault{400, "the body is not JSON"};
  if (!json.is_object()) return UpdateFault{422, "the body is not an object"};
  std::string fault;
  TrafficUpdate update = ReadUpdate(json, &fault);
  if (!fault.empty()) return UpdateFault{422, fault};
  return update;
}

}  // namespace ntm::agents
