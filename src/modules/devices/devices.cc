// The devices on the local networks: their hardware addresses and vendors, and
// which of them were never seen before.

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "device_book.h"
#include "device_tables.h"
#include "device_text.h"
#include "hosts_answer.h"
#include "neighbours.h"
#include "ntm/base/duration.h"
#include "ntm/base/error.h"
#include "ntm/base/thread_work.h"
#include "ntm/base/unix_time.h"
#include "ntm/exposition/family.h"
#include "ntm/http/json.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "sightings.h"

namespace ntm::devices {
namespace {

using std::chrono::nanoseconds;
using std::chrono::seconds;

constexpr seconds kStep{5};
constexpr seconds kReadInterval{5};

// For this time a device is new, for an alert; and for this time after it the
// alert is told that it is over.
constexpr int64_t kNewForSeconds = 900;
constexpr int64_t kOverForSeconds = 60;

constexpr int64_t kClockJumpSeconds = 60;

class Devices final : public Module, public TableOwner, public StoredTables {
 public:
  ~Devices() override { Stop(); }

  std::string_view name() const noexcept override { return "devices"; }
  StoredTables* stored_tables() override { return this; }

  void AddOptions(OptionDeclarer& options) override;
  void Open() override;
  void Start() override;
  void Stop() override;
  void OnTick(const Tick& tick) override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<Route> Routes() override;

  std::vector<std::string> Migrations() const override {
    return DeviceMigrations();
  }
  void Load(Database& database) override;
  void Save(Database& database) override;
  void OnSaved() override;

 private:
  void ReadNeighbours(const std::stop_token& stop);
  void Look(const Tick& tick);
  std::shared_ptr<const DeviceReport> MakeReport(int64_t time_ns) const;
  HttpResponse Serve(const HttpRequest& request) const;

  std::chrono::milliseconds learning_ = std::chrono::hours(24);

  std::unique_ptr<NeighbourReader> reader_;  // after Start(): thread_ only
  std::jthread thread_;

  // Main thread only.
  nanoseconds since_look_ = kStep;
  Sightings sightings_;
  std::shared_ptr<const HostNames> names_;
  uint64_t named_version_ = 0;
  uint64_t reported_version_ = 0;
  std::shared_ptr<const DeviceReport> report_;

  mutable std::mutex mutex_;
  std::condition_variable_any stopped_;
  // Guarded.
  std::shared_ptr<const Neighbours> neighbours_;  // null: not read yet
  DeviceBook book_;
  std::shared_ptr<const HostUsageReport> usage_;
  bool is_anonymized_ = false;
  bool has_loaded_ = false;
  int64_t now_s_ = 0;

  DeviceChanges saving_;  // the database's thread only
};

void Devices::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("devices", "devices on the local networks, new ones");
  options
      .AddWord("--devices-learning", learning_,
               DurationFrom(seconds(0), std::chrono::hours(24 * 90)),
               "DURATION",
               "Time since the database began in which devices are known "
               "without being reported as new, 0s to 90d")
      .DefaultText("1d");
}

void Devices::Open() {
  book_.set_learning_seconds(
      std::chrono::duration_cast<seconds>(learning_).count());
  try {
    reader_ = std::make_unique<NeighbourReader>();
  } catch (const Error& error) {
    spdlog::warn("{}", error.what());
    neighbours_ = std::make_shared<Neighbours>();
  }
}

void Devices::Start() {
  if (reader_ == nullptr) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-neighbours", stop, [&] { ReadNeighbours(stop); });
  });
}

void Devices::Stop() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void Devices::ReadNeighbours(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    auto read = std::make_shared<const Neighbours>(reader_->Read());
    std::unique_lock lock(mutex_);
    neighbours_ = std::move(read);
    stopped_.wait_for(lock, stop, kReadInterval, [] { return false; });
  }
}

void Devices::OnTick(const Tick& tick) {
  since_look_ += tick.elapsed;
  const bool is_anonymized = tick.snapshot->anonymizer != nullptr;
  {
    const std::scoped_lock lock(mutex_);
    is_anonymized_ = is_anonymized;
    const int64_t last_s = now_s_;
    now_s_ = tick.time_ns / kNsPerSecond;
    const int64_t jump_s =
        last_s == 0 ? 0 : now_s_ - last_s - tick.elapsed.count() / kNsPerSecond;
    if (std::abs(jump_s) > kClockJumpSeconds) book_.FollowClock(jump_s);
    usage_ = tick.reports.host_usage;
    book_.Begin(now_s_);
    if (neighbours_ == nullptr) return;
  }
  if (is_anonymized) return;
  if (since_look_ >= kStep || report_ == nullptr) {
    since_look_ = nanoseconds(0);
    Look(tick);
  }
  tick.new_reports->devices = report_;
}

void Devices::Look(const Tick& tick) {
  std::shared_ptr<const Neighbours> neighbours;
  {
    const std::scoped_lock lock(mutex_);
    neighbours = neighbours_;
  }
  const std::vector<Sighting> seen = sightings_.In(*tick.snapshot, *neighbours);
  const std::scoped_lock lock(mutex_);
  for (const Sighting& sighting : seen) book_.Take(sighting);
  if (tick.reports.names != nullptr && (tick.reports.names->names != names_ ||
                                        book_.version() != named_version_)) {
    names_ = tick.reports.names->names;
    book_.TakeNames(*names_);
    named_version_ = book_.version();
  }
  const bool has_new = report_ != nullptr && !report_->new_devices.empty();
  if (report_ != nullptr && book_.version() == reported_version_ && !has_new) {
    return;
  }
  report_ = MakeReport(tick.time_ns);
  reported_version_ = book_.version();
}

std::shared_ptr<const DeviceReport> Devices::MakeReport(int64_t time_ns) const {
  auto report = std::make_shared<DeviceReport>();
  report->time_ns = time_ns;
  const int64_t now_s = time_ns / kNsPerSecond;
  for (const Device& device : book_.All()) {
    for (const Address& address : device.addresses) {
      report->by_address.emplace(address, report->devices.size());
    }
    report->devices.push_back({device.id, device.mac, VendorText(device.mac),
                               device.name, InShownOrder(device.addresses)});
    const int64_t age_s = now_s - device.first_seen_s;
    if (!device.is_new || age_s >= kNewForSeconds + kOverForSeconds) continue;
    report->new_devices.push_back(
        {device.id, Describe(device), age_s >= kNewForSeconds});
  }
  return report;
}

std::vector<prometheus::MetricFamily> Devices::Collect() const {
  auto known = GaugeFamily("ntm_known_hosts",
                           "Devices on the local networks that are known.");
  auto fresh = CounterFamily("ntm_new_hosts_total",
                             "Devices that were never seen before, since the "
                             "learning time.");
  auto dropped =
      CounterFamily("ntm_hosts_dropped_total",
                    "Devices that found no place in the table, by reason.");
  const std::scoped_lock lock(mutex_);
  AddSample(&known, {}, static_cast<double>(book_.size()));
  AddSample(&fresh, {}, static_cast<double>(book_.new_devices()));
  AddSample(&dropped, {{"reason", "rate"}},
            static_cast<double>(book_.refused()));
  AddSample(&dropped, {{"reason", "full"}},
            static_cast<double>(book_.forgotten()));
  return {known, fresh, dropped};
}

std::vector<Route> Devices::Routes() {
  return {{"GET", "/api/hosts",
           "devices on the local networks: ?new=true&limit=100, as JSON",
           [this](const HttpRequest& request) { return Serve(request); }}};
}

HttpResponse Devices::Serve(const HttpRequest& request) const {
  HostsQuestion question;
  try {
    question = ParseHostsQuestion(request.query);
  } catch (const std::invalid_argument& error) {
    return JsonError(400, error.what());
  }
  HostsMoment moment;
  std::shared_ptr<const HostUsageReport> usage;
  {
    const std::scoped_lock lock(mutex_);
    if (now_s_ == 0) {
      return JsonError(503, "nothing is known yet; try again in a second");
    }
    moment.time_s = now_s_;
    moment.learns_until_s = book_.learns_until_s();
    moment.is_anonymized = is_anonymized_;
    if (!is_anonymized_) moment.devices = book_.All();
    usage = usage_;
  }
  moment.usage = usage.get();
  return JsonAnswer(200, HostsJson(question, moment));
}

void Devices::Load(Database& database) {
  std::vector<Device> stored = ReadDevices(&database);
  const auto began_s = ReadBegan(&database);
  const std::scoped_lock lock(mutex_);
  if (std::exchange(has_loaded_, true)) return book_.SaveAgain();
  book_.Load(std::move(stored), began_s);
}

void Devices::Save(Database& database) {
  {
    const std::scoped_lock lock(mutex_);
    if (is_anonymized_) {
      saving_ = {};
      return;
    }
    saving_ = book_.Changes();
  }
  WriteChanges(saving_, &database);
}

void Devices::OnSaved() {
  const std::scoped_lock lock(mutex_);
  book_.Saved(saving_);
}

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Devices>(); }

}  // namespace ntm::devices
