// Holds all forecast series: updated by the ticks, read by metrics and HTTP,
// stored in the database.
//
// Units    bytes per second, seconds, ns since the epoch.
// Shape    one series per direction for each monitored interface and for the
//          whole site, and for each class of traffic seen there; at most
//          max_series, with the whole site and its classes first. For a class,
//          inbound traffic is "receive" and all other traffic is "transmit".
//          The known capacity of an interface limits its forecasts. The
//          database holds the state at the last training and every bin since
//          then, so that a restart replays the bins and arrives at the same
//          forecast. Answers to /predict are kept in memory only, the newest
//          kMostAsked.
// Threads  every call takes one mutex, which is never held during a training, a
//          write or a wait. Take() on the main thread.
// Errors   none.
#pragma once

#include <array>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "bin_meter.h"
#include "forecaster.h"
#include "model_file.h"
#include "ntm/module/module.h"
#include "prediction_log.h"
#include "series_name.h"
#include "trainer.h"

namespace ntm::forecast {

struct BookOptions {
  int64_t bin_seconds = 300;
  double tolerance = 0.2;
  size_t max_series = 64;
};

// A copy of one series' state for metrics and JSON.
struct SeriesView {
  SeriesName name;
  std::string method;  // "rule_based", "naive" or "ensemble", of each horizon
  double history_seconds = 0;
  double last_train_seconds = 0;  // since the epoch; 0: never
  struct Horizon {
    int64_t seconds = 0;
    std::string method;
    Forecast forecast;
    double confidence = 0;
    double skill = 0;
    double mase = 0;
    std::optional<double> coverage;
    // LstmGate::Ratio(); nullopt while there are no networks.
    std::optional<double> networks_ratio;
    uint64_t matured = 0;
    uint64_t hits = 0;
    uint64_t low_misses = 0;
    uint64_t high_misses = 0;
    std::array<double, kMembers> weights{};
    std::array<double, kMembers> errors{};
  };
  std::vector<Horizon> horizons;
};

struct TrainCounters {
  uint64_t succeeded = 0;
  uint64_t failed = 0;
  double cpu_seconds = 0;
  double longest_slice_seconds = 0;
  uint64_t networks_kept = 0;  // the old ones were better than the new
};

// A series as it is stored in the database.
struct KeptSeries {
  SeriesName name;
  std::optional<std::string> state;
  std::vector<ClosedBin> bins;  // since the state
};

class ForecastBook {
 public:
  explicit ForecastBook(const BookOptions& options);

  // Starts a series from a model file.
  void Adopt(const ModelFile& model);

  void Take(const Tick& tick);
  // The newest forecasts; the same object until there are new ones.
  std::shared_ptr<const ForecastReport> report() const;

  std::vector<SeriesView> Views() const;
  TrainCounters counters() const;
  const BookOptions& options() const noexcept { return options_; }

  // The forecast over `horizon_seconds` for a class ("" for all), both
  // directions together; nullopt if there is not enough history of it.
  std::optional<Prediction> Ask(const std::string& traffic_class,
                                int64_t horizon_seconds) const;

  static constexpr size_t kMostAsked = 2000;
  // Keeps an answer to /predict for Newest() only: requests never cause a
  // database write and never displace live forecasts.
  void Remember(Prediction answered);
  // Live forecasts and answers to /predict, newest first; `type` "" for all.
  std::vector<Prediction> Newest(const std::string& type, size_t limit) const;

  // TakePending() returns what is to be written, Written() confirms it.
  struct Pending {
    std::vector<KeptSeries> series;
    std::vector<Prediction> predictions;
  };
  Pending TakePending();
  void Written();
  // Loads the stored series, which replace those of a model file. Returns false
  // and loads nothing if live bins have already arrived; then all series are
  // marked for writing.
  bool Restore(const std::vector<KeptSeries>& kept,
               const std::vector<Prediction>& predictions);

 private:
  struct Series {
    Series(const SeriesName& series_name, const ForecasterOptions& options,
           int64_t bin_seconds)
        : name(series_name), forecaster(options), meter(bin_seconds) {}
    SeriesName name;
    Forecaster forecaster;
    BinMeter meter;
    bool begun = false;
    bool training = false;
    int64_t trained_slot = 0;
    Ladder trained_ladder = Ladder::kRule;
    std::vector<SeriesView::Horizon> counts;  // only the counters are used
    std::optional<std::string> unwritten_state;
    std::vector<ClosedBin> unwritten_bins;
    uint64_t states = 0;      // number of states produced for writing
    int64_t behind_bins = 0;  // consecutive live bins before the series' end
  };
  struct Handed {
    uint64_t states = 0;
    size_t bins = 0;
  };

  Series* Find(const SeriesName& name);
  void Read(const SeriesName& name, int64_t time_ns, uint64_t counter,
            bool only_if_any);
  void ReadInterface(const InterfaceSample& sample, int64_t time_ns,
                     std::optional<double> limit, bool only_if_any);
  // Reads the classes of one interface, or of kTotalInterface.
  void ReadClasses(const Snapshot& snapshot, const std::string& interface,
                   const InterfaceReport& report);
  void Take(const ClosedBin& bin, Series* series, int64_t time_ns, bool logs);
  void Settle(const Settled& settled, Series* series);
  void LogForecasts(const Series& series, int64_t time_ns);
  void SettleAsked();
  std::optional<double> ActualOf(const Prediction& asked) const;
  void KeepState(Series* series);
  void AskForTraining();
  void AdoptTrained();
  bool IsDue(const Series& series) const;
  SeriesView ViewOf(const Series& series) const;
  void MakeReport(int64_t time_ns);

  // Constant after construction
  const BookOptions options_;
  const ForecasterOptions forecaster_options_;
  const std::vector<int64_t> horizon_seconds_;

  mutable std::mutex mutex_;
  std::map<SeriesName, std::unique_ptr<Series>> series_;
  std::map<std::string, double> limits_;  // bytes per second, by interface
  PredictionLog log_;
  TrainCounters counters_;
  std::shared_ptr<const ForecastReport> report_;
  bool changed_ = false;
  bool live_ = false;  // a bin has been measured
  // The content of the last Pending, to be removed once it is written.
  std::map<SeriesName, Handed> handed_;
  std::vector<Prediction> handed_predictions_;
  // Answers to /predict, both directions together, by rising id.
  std::deque<Prediction> asked_;

  Trainer trainer_;
};

// "rule_based", "naive" or "ensemble".
std::string MethodOf(const Forecaster& forecaster, const Forecast& forecast);

// (hits + 1) / (n + 2) of the last 7 days' forecasts; 0 if there are none.
double ConfidenceOf(size_t hits, size_t count);

inline constexpr double kBitsPerMegabit = 1e6;
inline double ToMbps(double bytes_per_second) {
  return bytes_per_second * 8 / kBitsPerMegabit;
}

}  // namespace ntm::forecast
