// The health of the network: TCP handshakes and retransmissions, name servers,
// ICMP errors, ARP conflicts; now and in the past.

#include <spdlog/spdlog.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "families.h"
#include "five_minutes.h"
#include "ntm/base/unix_time.h"
#include "ntm/flow/host_text.h"
#include "ntm/http/json.h"
#include "ntm/module/module.h"
#include "ntm/module/other_runs.h"
#include "ntm/module/stored_tables.h"
#include "past_answer.h"
#include "past_record.h"
#include "past_tables.h"
#include "sums.h"
#include "window.h"

namespace ntm::health {
namespace {

constexpr int64_t kToldEveryNs = 60'000'000'000;

class Health final : public Module,
                     public OtherRuns,
                     public TableOwner,
                     public StoredTables {
 public:
  std::string_view name() const noexcept override { return "health"; }
  bool runs_on_files() const noexcept override { return true; }

  void OnTick(const Tick& tick) override {
    is_on_ = tick.snapshot->health.is_on;
    now_s_ = tick.time_ns / kNsPerSecond;
    if (!is_on_) return;
    const Sums sums = SumsOf(*tick.snapshot);
    window_.Add(sums);
    past_.Add(sums, std::chrono::duration<double>(tick.elapsed).count());
    auto report = std::make_shared<HealthReport>(window_.Report());
    report->has_past = !path().empty();
    report->steady = five_minutes_.Add(*tick.snapshot, sums);
    tick.new_reports->health = std::move(report);
    TellConflict(*tick.snapshot);
  }

  void Expose(const Snapshot& fresh, Exposition& out) const override {
    if (!fresh.health.is_on) return;
    WriteTcp(fresh, &out);
    WriteDns(fresh, &out);
    WriteErrors(fresh.health, &out);
  }

  StoredTables* stored_tables() override { return this; }
  std::vector<std::string> Migrations() const override {
    return PastMigrations();
  }
  void Load(Database& database) override {
    past_.KeepForWriting(
        ReadOpenMinutes(WallTimeNs() / kNsPerSecond, &database));
    const std::scoped_lock lock(mutex_);
    path_ = database.path();
  }
  void Save(Database& database) override {
    saving_ = past_.ToWrite();
    WritePast(saving_.points, &database);
  }
  void OnSaved() override { past_.Written(std::exchange(saving_, {})); }
  int64_t DeleteOld(Database& database, int64_t now_s, int64_t retention_days,
                    int64_t limit) override {
    return DeleteOldPast(now_s, retention_days, limit, &database);
  }

  std::vector<Route> Routes() override {
    return {{"GET", "/api/health/history",
             "the network's health in the past: ?hours=24",
             [this](const HttpRequest& request) { return ServePast(request); },
             Access::kByMethod, /*may_block=*/true}};
  }

 private:
  HttpResponse ServePast(const HttpRequest& request) const {
    const int64_t now_s = now_s_;
    if (now_s == 0) {
      return JsonError(503, "nothing is counted yet; try again in a second");
    }
    if (!is_on_) {
      return JsonError(404,
                       "the network's health is not watched: --conversations "
                       "is 0");
    }
    const std::string file = path();
    try {
      const PastQuestion question =
          ParsePastQuestion(request.query, now_s, !file.empty());
      return JsonAnswer(200, PastJson(question, BucketsOf(question, file)));
    } catch (const std::invalid_argument& error) {
      return JsonError(400, error.what());
    }
  }

  PastBuckets BucketsOf(const PastQuestion& question,
                        const std::string& file) const {
    // Before the database is read, so that rows written in between are in both
    // rather than in neither.
    auto all =
        past_.Buckets(question.tier_seconds, question.from_s, question.to_s);
    PastBuckets stored;
    if (!file.empty()) {
      Database database(file, OpenMode::kReadOnly);
      stored = ReadPast(question.tier_seconds, question.from_s, question.to_s,
                        &database);
    }
    for (PastBucket& bucket : stored) {
      PastBucket& place = all[bucket.begin_s];
      // The rule of WritePast(): of two, the one that watched for longer.
      if (bucket.watched_seconds > place.watched_seconds) {
        place = std::move(bucket);
      }
    }
    PastBuckets buckets;
    buckets.reserve(all.size());
    for (auto& [begin_s, bucket] : all) buckets.push_back(std::move(bucket));
    return buckets;
  }

  std::string path() const {
    const std::scoped_lock lock(mutex_);
    return path_;
  }

  // Once a minute: two devices may go on for hours.
  void TellConflict(const Snapshot& snapshot) {
    const uint64_t conflicts = snapshot.health.arp_conflicts;
    if (conflicts == told_conflicts_ ||
        snapshot.time_ns - told_ns_ < kToldEveryNs) {
      return;
    }
    told_conflicts_ = conflicts;
    told_ns_ = snapshot.time_ns;
    const auto& [address, first, second, time_ns] =
        snapshot.health.last_arp_conflict;
    const auto text = [&snapshot](const Address& shown) {
      return HostText(snapshot, shown, PrefixBits());
    };
    spdlog::warn(
        "two devices use the address {}: {} and {}; give one of them another "
        "address",
        text(address), text(first), text(second));
  }

  // Main thread only.
  Window window_;
  FiveMinutes five_minutes_;
  uint64_t told_conflicts_ = 0;
  int64_t told_ns_ = 0;

  PastRecord past_;
  std::atomic<int64_t> now_s_ = 0;  // the last tick's
  std::atomic<bool> is_on_ = false;

  mutable std::mutex mutex_;
  std::string path_;  // guarded; "": no file yet

  PastRecord::Unwritten saving_;  // the database's thread only
};

}  // namespace

std::unique_ptr<Module> MakeModule() { return std::make_unique<Health>(); }

}  // namespace ntm::health
