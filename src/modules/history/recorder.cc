#include "recorder.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "ntm/base/counter_growth.h"
#include "ntm/base/unix_time.h"

namespace ntm::history {
namespace {

// How long a source may be silent before its buckets are closed, and before it
// is forgotten.
constexpr int64_t kSilenceSeconds = 2 * kMinuteSeconds;
constexpr int64_t kForgetSeconds = 60 * kMinuteSeconds;

Rates RatesOf(double bytes_per_second) {
  return {bytes_per_second, bytes_per_second, bytes_per_second};
}

Bucket SampleOf(const std::optional<double>& receive,
                const std::optional<double>& transmit, int64_t time_s) {
  Bucket sample = BucketAt(time_s);
  if (!receive || !transmit) return sample;
  sample.samples = 1;
  sample.receive = RatesOf(*receive);
  sample.transmit = RatesOf(*transmit);
  return sample;
}

Bucket SampleOf(const InterfaceSample& interface, int64_t time_s) {
  return SampleOf(interface.receive_bytes_per_second,
                  interface.transmit_bytes_per_second, time_s);
}

Bucket SampleOf(const SiteReport& site, int64_t time_s) {
  return SampleOf(site.down_bytes_per_second, site.up_bytes_per_second, time_s);
}

}  // namespace

void Recorder::KeepForWriting(bool keeps) {
  const std::scoped_lock lock(mutex_);
  keeps_ = keeps;
}

void Recorder::Resume(const SourceKey& source, const Counters& last,
                      const Buckets& minutes) {
  const std::scoped_lock lock(mutex_);
  Source& resumed = sources_[source];
  resumed.last = last;
  resumed.has_last = true;
  resumed.heard_s = last.time_s;
  std::vector<Point> ended;
  for (const Bucket& minute : minutes) resumed.roll_up.Resume(minute, &ended);
  Keep(source, &resumed, ended);
}

void Recorder::Take(const InterfaceReport& report) {
  const int64_t time_s = report.time_ns / kNsPerSecond;
  const std::scoped_lock lock(mutex_);
  std::map<std::string, Grown> grown;
  for (const InterfaceSample& interface : report.interfaces) {
    grown[interface.name] = Add(
        {kInterfaceKind, interface.name}, SampleOf(interface, time_s),
        {interface.receive_bytes, interface.transmit_bytes, time_s}, time_s);
    if (keeps_) current_->interfaces[interface.name] = interface;
  }
  const SiteReport& site = report.site;
  Book({kInterfaceKind, kTotalInterface}, SampleOf(site, time_s),
       {site.down_bytes, site.up_bytes, time_s}, GrownSite(site, grown),
       time_s);
  Sweep(time_s);
  Bound();
}

// The increase at the site's boundary since the last report. For an interface
// that is new here, the increase of its kernel counters is used, which continue
// between two runs.
Recorder::Grown Recorder::GrownSite(const SiteReport& site,
                                    const std::map<std::string, Grown>& grown) {
  Grown sum;
  for (const SiteInterface& boundary : site.interfaces) {
    const Counters now = {boundary.down_bytes, boundary.up_bytes, 0};
    const auto last = boundary_.find(boundary.counter_name);
    const auto interface = grown.find(boundary.name);
    if (last != boundary_.end()) {
      sum.receive_bytes +=
          CounterGrowth(last->second.receive_bytes, boundary.down_bytes);
      sum.transmit_bytes +=
          CounterGrowth(last->second.transmit_bytes, boundary.up_bytes);
    } else if (interface != grown.end() &&
               boundary.sense != SiteSense::kUnknown) {
      const bool is_receive = boundary.sense == SiteSense::kReceiveIsDown;
      const Grown& its = interface->second;
      sum.receive_bytes += is_receive ? its.receive_bytes : its.transmit_bytes;
      sum.transmit_bytes += is_receive ? its.transmit_bytes : its.receive_bytes;
    }
    boundary_[boundary.counter_name] = now;
  }
  return sum;
}

void Recorder::Take(const InterfaceCycle& cycle) {
  const std::scoped_lock lock(mutex_);
  if (!keeps_) return;
  for (const InterfaceSample& row : cycle.rows) {
    current_->stats.push_back(
        {cycle.time_ns / kNsPerSecond, row, cycle.store_raw_counts});
  }
  Bound();
}

void Recorder::Take(const AgentReport& report) {
  const int64_t heard_s = report.time_ns / kNsPerSecond;
  const std::scoped_lock lock(mutex_);
  for (const AgentSample& update : report.updates) {
    const int64_t time_s = update.last_update_ns / kNsPerSecond;
    Bucket sample = BucketAt(time_s);
    sample.samples = 1;
    sample.receive = RatesOf(update.receive_bytes_per_second);
    sample.transmit = RatesOf(update.transmit_bytes_per_second);
    Add({kAgentKind, update.id}, sample,
        {update.receive_bytes, update.transmit_bytes, time_s}, heard_s);
  }
  Sweep(heard_s);
  Bound();
}

Recorder::Grown Recorder::Add(const SourceKey& key, const Bucket& sample,
                              const Counters& now, int64_t heard_s) {
  const Source& source = sources_[key];
  Grown grown;
  // An agent's totals never decrease. A lower total means that the hub had
  // forgotten the agent, so the increase is not known.
  const bool is_known_anew = key.kind == kAgentKind &&
                             (now.receive_bytes < source.last.receive_bytes ||
                              now.transmit_bytes < source.last.transmit_bytes);
  if (source.has_last && !is_known_anew) {
    grown = {CounterGrowth(source.last.receive_bytes, now.receive_bytes),
             CounterGrowth(source.last.transmit_bytes, now.transmit_bytes)};
  }
  Book(key, sample, now, grown, heard_s);
  return grown;
}

void Recorder::Book(const SourceKey& key, Bucket sample, const Counters& now,
                    const Grown& grown, int64_t heard_s) {
  Source& source = sources_[key];
  sample.receive_bytes = grown.receive_bytes;
  sample.transmit_bytes = grown.transmit_bytes;
  source.last = now;
  source.has_last = true;
  source.heard_s = heard_s;
  source.is_silent = false;
  std::vector<Point> ended;
  source.roll_up.Add(sample, &ended);
  Keep(key, &source, ended);
  if (keeps_) current_->counters[key] = now;
}

void Recorder::Keep(const SourceKey& key, Source* source,
                    const std::vector<Point>& ended) {
  for (const Point& point : ended) {
    if (point.step_seconds == kRawStepSeconds) {
      source->recent.push_back(point.bucket);
      if (source->recent.size() >= kRecentPoints) source->recent.pop_front();
    }
    if (keeps_) current_->points.push_back({key, point});
  }
}

void Recorder::EndAll() {
  const std::scoped_lock lock(mutex_);
  for (auto& [key, source] : sources_) {
    Keep(key, &source, source.roll_up.Open());
  }
}

void Recorder::Sweep(int64_t now_s) {
  if (now_s - swept_s_ < kMinuteSeconds && now_s >= swept_s_) return;
  swept_s_ = now_s;
  for (auto& [key, source] : sources_) {
    if (source.is_silent || source.heard_s >= now_s - kSilenceSeconds) {
      continue;
    }
    source.is_silent = true;
    Keep(key, &source, source.roll_up.Open());
  }
  std::erase_if(sources_, [&](const auto& entry) {
    // An agent's connection may be down for longer, and its totals continue
    // afterwards.
    return entry.first.kind != kAgentKind &&
           entry.second.heard_s < now_s - kForgetSeconds;
  });
}

void Recorder::Bound() {
  size_t rows = current_->rows();
  for (const auto& batch : in_flight_) rows += batch->rows();
  if (rows <= kMaxPendingRows) return;
  if (in_flight_.empty()) {
    in_flight_.push_back(std::exchange(current_, std::make_shared<Batch>()));
  }
  dropped_rows_ += in_flight_.front()->rows();
  in_flight_.pop_front();
}

Batches Recorder::BeginWrite() {
  const std::scoped_lock lock(mutex_);
  // Written with every batch, so that a crash loses only what follows.
  for (auto& [key, source] : sources_) {
    for (const Point& point : source.roll_up.Open()) {
      if (point.step_seconds == kMinuteSeconds && !source.is_silent) {
        current_->points.push_back({key, point});
      }
    }
  }
  if (current_->rows() > 0 || !current_->counters.empty()) {
    in_flight_.push_back(std::exchange(current_, std::make_shared<Batch>()));
  }
  return {in_flight_.begin(), in_flight_.end()};
}

void Recorder::EndWrite(const Batches& written) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(in_flight_, [&](const auto& batch) {
    return std::ranges::find(written, batch) != written.end();
  });
}

Buckets Recorder::Points(const SourceKey& source, int64_t tier_seconds,
                         int64_t from_s, int64_t to_s) const {
  std::map<int64_t, Bucket> found;
  const auto take = [&](const Point& point) {
    const int64_t begin_s = point.bucket.begin_s;
    if (point.step_seconds == tier_seconds && begin_s >= from_s &&
        begin_s < to_s) {
      found[begin_s] = point.bucket;
    }
  };
  const std::scoped_lock lock(mutex_);
  const auto known = sources_.find(source);
  if (known == sources_.end()) return {};
  if (tier_seconds == kRawStepSeconds) {
    for (const Bucket& bucket : known->second.recent) {
      take({kRawStepSeconds, bucket});
    }
  }
  const auto take_all = [&](const Batch& batch) {
    for (const SourcePoint& point : batch.points) {
      if (point.source == source) take(point.point);
    }
  };
  for (const auto& batch : in_flight_) take_all(*batch);
  take_all(*current_);
  for (const Point& point : known->second.roll_up.Open()) take(point);
  Buckets buckets;
  buckets.reserve(found.size());
  for (const auto& [begin_s, bucket] : found) buckets.push_back(bucket);
  return buckets;
}

bool Recorder::Knows(const SourceKey& source) const {
  const std::scoped_lock lock(mutex_);
  return sources_.contains(source);
}

size_t Recorder::pending_rows() const {
  const std::scoped_lock lock(mutex_);
  size_t rows = current_->rows();
  for (const auto& batch : in_flight_) rows += batch->rows();
  return rows;
}

uint64_t Recorder::dropped_rows() const {
  const std::scoped_lock lock(mutex_);
  return dropped_rows_;
}

}  // namespace ntm::history
