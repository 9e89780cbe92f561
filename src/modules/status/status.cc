// Health and statistics as JSON: GET /health and GET /stats.

#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "ntm/base/build_info.h"
#include "ntm/base/unix_time.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"
#include "ntm/module/module.h"

namespace ntm::status {
namespace {

using Json = nlohmann::ordered_json;
using SnapshotPtr = std::shared_ptr<const Snapshot>;

constexpr int kUnavailable = 503;

// Why ntm is unhealthy; "" if it is healthy.
std::string Trouble(const Snapshot* snapshot) {
  if (snapshot == nullptr) return "it is starting";
  for (const CaptureCounters& capture : snapshot->captures) {
    if (!capture.up) return capture.down_reason;
  }
  return "";
}

Json Head(const Snapshot* snapshot) {
  const std::string trouble = Trouble(snapshot);
  Json json = {{"status", trouble.empty() ? "healthy" : "unhealthy"}};
  if (!trouble.empty()) json["reason"] = trouble;
  return json;
}

HttpResponse Answer(const Json& json, bool is_fine) {
  return JsonAnswer(is_fine ? 200 : kUnavailable, json);
}

HttpResponse Health(const Snapshot* snapshot) {
  Json json = Head(snapshot);
  json["service"] = "ntm";
  json["version"] = kVersion;
  json["timestamp"] =
      snapshot != nullptr ? Json(UtcText(snapshot->time_ns)) : Json(nullptr);
  return Answer(json, Trouble(snapshot).empty());
}

Json CaptureJson(const CaptureCounters& capture) {
  return {{"interface", capture.interface},
          {"up", capture.up},
          {"packets_total", capture.packets},
          {"bytes_total", capture.bytes},
          {"wire_bytes_total", capture.wire_bytes},
          {"dropped_packets_total", capture.dropped_by_kernel_packets +
                                        capture.dropped_by_interface_packets}};
}

HttpResponse Stats(const Snapshot* snapshot, int64_t first_ns) {
  Json json = Head(snapshot);
  if (snapshot == nullptr) return Answer(json, true);
  json["last_updated"] = UtcText(snapshot->time_ns);
  json["watched_seconds"] = SecondsOf(snapshot->time_ns - first_ns);
  json["series"] = snapshot->flows.size();
  json["series_limit"] = snapshot->series_limit;
  json["evicted_series_total"] = snapshot->evicted_series;
  uint64_t errors = 0;
  for (const uint64_t count : snapshot->decode_errors) errors += count;
  json["decode_errors_total"] = errors;
  json["captures"] = Json::array();
  for (const CaptureCounters& capture : snapshot->captures) {
    json["captures"].push_back(CaptureJson(capture));
  }
  return Answer(json, true);
}

class Status final : public Module {
 public:
  std::string_view name() const noexcept override { return "status"; }

  void OnTick(const Tick& tick) override {
    const std::scoped_lock lock(mutex_);
    if (snapshot_ == nullptr) first_ns_ = tick.time_ns;
    snapshot_ = tick.snapshot;
  }

  std::vector<Route> Routes() override {
    return {
        {"GET", "/health", "health, as JSON",
         [this](const HttpRequest&) { return Health(Last().get()); }},
        {"GET", "/stats", "statistics, as JSON", [this](const HttpRequest&) {
           const std::scoped_lock lock(mutex_);
           return Stats(snapshot_.get(), first_ns_);
         }}};
  }

 private:
  SnapshotPtr Last() const {
    const std::scoped_lock lock(mutex_);
    return snapshot_;
  }

  mutable std::mutex mutex_;
  SnapshotPtr snapshot_;  // of the last tick; nullptr before the first
  int64_t first_ns_ = 0;  // of the first; constant once there is a snapshot
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Status>(); }

}  // namespace ntm::status
