#include "forecast_book.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <utility>

namespace ntm::forecast {
namespace {

constexpr size_t kLogCapacity = 2000;
// If bins are older than the series for this long, the clock was ahead when the
// series was recorded.
constexpr int64_t kAheadPatienceSeconds = 3600;

ForecasterOptions WithTolerance(ForecasterOptions options, double tolerance) {
  options.tolerance = tolerance;
  return options;
}

// The link's capacity per direction, if it is known.
std::optional<double> LimitOf(const InterfaceSample& sample) {
  if (sample.max_is_assumed || sample.max_bytes_per_second <= 0) {
    return std::nullopt;
  }
  return sample.max_bytes_per_second;
}

// The site's traffic as a sample: down is receive, up is transmit.
InterfaceSample WholeOf(const SiteReport& site) {
  InterfaceSample whole;
  whole.name = kTotalInterface;
  whole.receive_bytes = site.down_bytes;
  whole.transmit_bytes = site.up_bytes;
  return whole;
}

// The capacity of the site's interfaces together; nullopt if one is unknown.
std::optional<double> LimitOf(const SiteReport& site) {
  double sum = 0;
  for (const SiteInterface& boundary : site.interfaces) {
    if (boundary.max_is_assumed) return std::nullopt;
    sum += boundary.max_bytes_per_second;
  }
  if (sum <= 0) return std::nullopt;
  return sum;
}

}  // namespace

std::string MethodOf(const Forecaster& forecaster, const Forecast& forecast) {
  if (forecaster.ladder() == Ladder::kRule) return "rule_based";
  if (!forecaster.trained() || forecast.pool.gated()) return "naive";
  return "ensemble";
}

double ConfidenceOf(size_t hits, size_t count) {
  if (count == 0) return 0;
  return static_cast<double>(hits + 1) / static_cast<double>(count + 2);
}

ForecastBook::ForecastBook(const BookOptions& options)
    : options_(options),
      forecaster_options_(
          WithTolerance(LiveOptions(options.bin_seconds), options.tolerance)),
      horizon_seconds_(LiveHorizonSeconds(options.bin_seconds)),
      log_(kLogCapacity) {}

ForecastBook::Series* ForecastBook::Find(const SeriesName& name) {
  const auto found = series_.find(name);
  if (found != series_.end()) return found->second.get();
  if (series_.size() >= options_.max_series) return nullptr;
  auto made =
      std::make_unique<Series>(name, forecaster_options_, options_.bin_seconds);
  made->counts.resize(horizon_seconds_.size());
  return series_.emplace(name, std::move(made)).first->second.get();
}

void ForecastBook::Adopt(const ModelFile& model) {
  const std::scoped_lock lock(mutex_);
  Series* series = Find(model.name);
  if (series == nullptr || !series->forecaster.Load(model.state)) {
    throw Error(
        "the model file is damaged, of another version or of another "
        "--forecast-bin; train it again");
  }
  series->begun = true;
  series->trained_slot = series->forecaster.time_series().end();
  series->trained_ladder = series->forecaster.ladder();
  KeepState(series);
  changed_ = true;
}

void ForecastBook::Take(const Tick& tick) {
  const std::scoped_lock lock(mutex_);
  if (tick.reports.interfaces) {
    const InterfaceReport& report = *tick.reports.interfaces;
    ReadInterface(WholeOf(report.site), report.time_ns, LimitOf(report.site),
                  false);
    if (tick.snapshot) ReadClasses(*tick.snapshot, kTotalInterface, report);
    for (const InterfaceSample& sample : report.interfaces) {
      ReadInterface(sample, report.time_ns, LimitOf(sample), true);
    }
    for (const InterfaceSample& sample : report.interfaces) {
      if (tick.snapshot) ReadClasses(*tick.snapshot, sample.name, report);
    }
  }
  AdoptTrained();
  AskForTraining();
  if (changed_) SettleAsked();
  if (changed_ || report_ == nullptr) MakeReport(tick.time_ns);
}

void ForecastBook::ReadInterface(const InterfaceSample& sample, int64_t time_ns,
                                 std::optional<double> limit,
                                 bool only_if_any) {
  if (limit) limits_[sample.name] = *limit;
  Read({sample.name, "receive", ""}, time_ns, sample.receive_bytes,
       only_if_any);
  Read({sample.name, "transmit", ""}, time_ns, sample.transmit_bytes,
       only_if_any);
}

void ForecastBook::ReadClasses(const Snapshot& snapshot,
                               const std::string& interface,
                               const InterfaceReport& report) {
  if (snapshot.traffic_classes == nullptr) return;
  const TrafficClasses& classes = *snapshot.traffic_classes;
  for (size_t at = kClassOther; at < classes.count(); ++at) {
    const auto id = static_cast<ClassId>(at);
    uint64_t in = 0;
    uint64_t all = 0;
    bool captured = false;
    for (const CaptureCounters& capture : snapshot.captures) {
      if (interface != kTotalInterface && capture.interface != interface) {
        continue;
      }
      captured = true;
      all += capture.classes.At(id).bytes;
      in += capture.classes.classes[at][static_cast<size_t>(Direction::kIn)]
                .bytes;
    }
    if (!captured) return;
    const std::string name(classes.Name(id));
    Read({interface, "receive", name}, report.time_ns, in, true);
    Read({interface, "transmit", name}, report.time_ns, all - in, true);
  }
}

void ForecastBook::Read(const SeriesName& name, int64_t time_ns,
                        uint64_t counter, bool only_if_any) {
  if (only_if_any && counter == 0 && !series_.contains(name)) return;
  Series* series = Find(name);
  if (series == nullptr) return;
  if (const auto limit = limits_.find(name.interface);
      limit != limits_.end() && series->forecaster.SetLimit(limit->second)) {
    KeepState(series);  // the limit has to survive a restart
  }
  const auto longest = static_cast<int64_t>(forecaster_options_.capacity);
  series->meter.Read(time_ns, counter, longest, [&](const ClosedBin& bin) {
    Take(bin, series, time_ns, true);
  });
}

void ForecastBook::Take(const ClosedBin& bin, Series* series, int64_t time_ns,
                        bool logs) {
  Forecaster& forecaster = series->forecaster;
  const auto longest = static_cast<int64_t>(forecaster_options_.capacity);
  // After a gap longer than the whole series, the series starts again.
  bool begins_anew =
      !series->begun || bin.slot - forecaster.time_series().end() > longest;
  if (series->begun && bin.slot < forecaster.time_series().end()) {
    // The clock was set back, or it was ahead before.
    if (!logs) return;
    ++series->behind_bins;
    begins_anew =
        series->behind_bins * options_.bin_seconds >= kAheadPatienceSeconds;
    if (!begins_anew) return;
  }
  series->behind_bins = 0;
  if (begins_anew) {
    if (series->begun) {
      ForecasterOptions options = forecaster_options_;
      options.limit = forecaster.options().limit;
      forecaster = Forecaster(options);
    }
    forecaster.Begin(bin.slot);
    if (series->begun) KeepState(series);
    series->begun = true;
  }
  while (forecaster.time_series().end() < bin.slot) {
    for (const Settled& s : forecaster.Append(std::nan(""))) Settle(s, series);
  }
  for (const Settled& s : forecaster.Append(bin.bytes_per_second)) {
    Settle(s, series);
  }
  if (!logs) return;
  live_ = true;
  series->unwritten_bins.push_back(bin);
  if (series->unwritten_bins.size() > static_cast<size_t>(longest)) {
    series->unwritten_bins.erase(series->unwritten_bins.begin());
  }
  LogForecasts(*series, time_ns);
  changed_ = true;
}

void ForecastBook::Settle(const Settled& settled, Series* series) {
  const Forecast& said = settled.forecast;
  const auto k = static_cast<size_t>(
      std::ranges::find(forecaster_options_.horizons, said.steps) -
      forecaster_options_.horizons.begin());
  if (std::isnan(settled.actual)) {
    return log_.Settle(series->name, said.slot, horizon_seconds_[k],
                       std::nullopt);
  }
  SeriesView::Horizon& counts = series->counts[k];
  ++counts.matured;
  if (std::abs(settled.actual - said.mean) <= options_.tolerance * said.mean) {
    ++counts.hits;
  }
  if (said.has_bounds && settled.actual < said.lower) ++counts.low_misses;
  if (said.has_bounds && settled.actual > said.upper) ++counts.high_misses;
  log_.Settle(series->name, said.slot, horizon_seconds_[k],
              ToMbps(settled.actual));
}

void ForecastBook::LogForecasts(const Series& series, int64_t time_ns) {
  const SeriesView view = ViewOf(series);
  for (const SeriesView::Horizon& horizon : view.horizons) {
    Prediction prediction;
    prediction.time_ns = time_ns;
    prediction.name = series.name;
    prediction.traffic_type =
        series.name.traffic_class.empty() ? "all" : series.name.traffic_class;
    prediction.horizon_seconds = horizon.seconds;
    prediction.slot = horizon.forecast.slot;
    prediction.predicted_mbps = ToMbps(horizon.forecast.mean);
    prediction.lower_mbps = ToMbps(horizon.forecast.lower);
    prediction.upper_mbps = ToMbps(horizon.forecast.upper);
    prediction.required_mbps = ToMbps(horizon.forecast.required);
    prediction.confidence = 100 * horizon.confidence;
    prediction.model_type = horizon.method;
    log_.Add(std::move(prediction));
  }
}

bool ForecastBook::IsDue(const Series& series) const {
  const Forecaster& forecaster = series.forecaster;
  const Ladder ladder = forecaster.ladder();
  if (series.training || ladder < Ladder::kPool) return false;
  if (!forecaster.trained() || ladder != series.trained_ladder) return true;
  const auto day = static_cast<int64_t>(forecaster_options_.day_bins);
  // Spread over a quarter of a day, so that not all series are due at once.
  const size_t hash =
      std::hash<std::string>()(series.name.interface + series.name.direction +
                               series.name.traffic_class);
  const auto spread = static_cast<int64_t>(
      hash % static_cast<size_t>(std::max<int64_t>(1, day / 4)));
  return forecaster.time_series().end() - series.trained_slot >= day + spread;
}

void ForecastBook::AskForTraining() {
  if (trainer_.waiting() > 0) return;
  for (auto& [name, series] : series_) {
    if (!IsDue(*series)) continue;
    TrainingJob job{name, series->forecaster.BeginTraining(false), 0, 0, false};
    series->training = true;
    // Set here, so that a failed training is retried only after a day.
    series->trained_slot = series->forecaster.time_series().end();
    series->trained_ladder = series->forecaster.ladder();
    trainer_.Submit(std::move(job));
    return;
  }
}

void ForecastBook::AdoptTrained() {
  for (TrainingJob& job : trainer_.Take()) {
    counters_.cpu_seconds += job.cpu_seconds;
    counters_.longest_slice_seconds =
        std::max(counters_.longest_slice_seconds, job.longest_slice_seconds);
    ++(job.failed ? counters_.failed : counters_.succeeded);
    if (!job.failed) counters_.networks_kept += job.training.models.kept_old();
    const auto found = series_.find(job.name);
    if (found == series_.end()) continue;
    Series& series = *found->second;
    series.training = false;
    // If the series was restarted in the meantime, the training does not match.
    const TimeSeries& time_series = series.forecaster.time_series();
    if (job.failed || job.training.time_series.end() <= time_series.begin() ||
        job.training.time_series.end() > time_series.end()) {
      continue;
    }
    series.forecaster.Adopt(std::move(job.training));
    KeepState(&series);
    changed_ = true;
  }
}

SeriesView ForecastBook::ViewOf(const Series& series) const {
  SeriesView view;
  view.name = series.name;
  const Forecaster& forecaster = series.forecaster;
  view.history_seconds =
      static_cast<double>(forecaster.time_series().end() -
                          forecaster.time_series().horizon_begin()) *
      static_cast<double>(options_.bin_seconds);
  if (forecaster.trained()) {
    view.last_train_seconds = static_cast<double>(series.trained_slot) *
                              static_cast<double>(options_.bin_seconds);
  }
  for (size_t k = 0; k < forecaster.forecasts().size(); ++k) {
    SeriesView::Horizon horizon = series.counts[k];
    horizon.seconds = horizon_seconds_[k];
    horizon.forecast = forecaster.forecasts()[k];
    horizon.method = MethodOf(forecaster, horizon.forecast);
    const auto hits = forecaster.RecentHits(k);
    horizon.confidence = ConfidenceOf(hits.hits, hits.count);
    const Pool& pool = forecaster.pool(k);
    horizon.skill = pool.Skill();
    const double step = forecaster.pool(0).MemberError(kPersistence);
    horizon.mase = step > 0 ? pool.PublishedError() / step : 0;
    horizon.coverage = forecaster.Coverage(k);
    if (horizon.forecast.pool.has_lstm) {
      horizon.networks_ratio = pool.lstm_gate().Ratio();
    }
    horizon.weights = pool.Weights(horizon.forecast.members);
    for (size_t m = 0; m < kMembers; ++m) {
      horizon.errors[m] = pool.MemberError(m);
    }
    view.method = horizon.method;
    view.horizons.push_back(std::move(horizon));
  }
  return view;
}

void ForecastBook::MakeReport(int64_t time_ns) {
  auto report = std::make_shared<ForecastReport>();
  report->time_ns = time_ns;
  for (const auto& [name, series] : series_) {
    // A series that has only gaps has no forecast.
    if (series->forecaster.time_series().known_bins() == 0) continue;
    for (const auto& horizon : ViewOf(*series).horizons) {
      BandwidthForecast forecast;
      forecast.interface = name.interface;
      forecast.direction = name.direction;
      forecast.traffic_class = name.traffic_class;
      forecast.horizon_seconds = horizon.seconds;
      forecast.bytes_per_second = horizon.forecast.mean;
      forecast.lower_bytes_per_second = horizon.forecast.lower;
      forecast.upper_bytes_per_second = horizon.forecast.upper;
      forecast.required_bytes_per_second = horizon.forecast.required;
      forecast.confidence_ratio = horizon.confidence;
      forecast.model = horizon.method;
      report->forecasts.push_back(std::move(forecast));
    }
  }
  report_ = std::move(report);
  changed_ = false;
}

std::shared_ptr<const ForecastReport> ForecastBook::report() const {
  const std::scoped_lock lock(mutex_);
  return report_;
}

std::vector<SeriesView> ForecastBook::Views() const {
  const std::scoped_lock lock(mutex_);
  std::vector<SeriesView> views;
  for (const auto& [name, series] : series_) views.push_back(ViewOf(*series));
  return views;
}

TrainCounters ForecastBook::counters() const {
  const std::scoped_lock lock(mutex_);
  return counters_;
}

}  // namespace ntm::forecast
