#include "forecast_families.h"

#include <fmt/format.h>

#include <cmath>
#include <string>
#include <utility>

#include "ntm/exposition/family.h"

namespace ntm::forecast {
namespace {

using Family = prometheus::MetricFamily;

// The families with samples for each series and horizon.
struct HorizonFamilies {
  Family mean = GaugeFamily("ntm_forecast_bandwidth_bytes_per_second",
                            "Forecast of the mean rate over the horizon.");
  Family lower = GaugeFamily("ntm_forecast_bandwidth_lower_bytes_per_second",
                             "Lower bound of the mean rate, within an interval "
                             "that has the probability in the label level.");
  Family upper = GaugeFamily("ntm_forecast_bandwidth_upper_bytes_per_second",
                             "Upper bound of the mean rate, within an interval "
                             "that has the probability in the label level.");
  Family required =
      GaugeFamily("ntm_forecast_required_bandwidth_bytes_per_second",
                  "Upper bound of the highest bin within the horizon, with the "
                  "probability in the label level.");
  Family confidence = GaugeFamily(
      "ntm_forecast_confidence_ratio",
      "Share of the last 7 days' forecasts that were within the tolerance.");
  Family method =
      GaugeFamily("ntm_forecast_method_info",
                  "Method of the forecast, in the label method; always 1.");
  Family skill = GaugeFamily(
      "ntm_forecast_skill_ratio",
      "1 - error of the forecasts / error of the best naive forecast.");
  Family mase = GaugeFamily(
      "ntm_forecast_mase_ratio",
      "Error of the forecasts divided by that of one-step persistence.");
  Family coverage = GaugeFamily(
      "ntm_forecast_interval_coverage_ratio",
      "Share of the last 7 days' actual values that were between the bounds.");
  Family gated = GaugeFamily("ntm_forecast_gated",
                             "1 if a naive forecast is published because it "
                             "was better than the pool.");
  Family networks =
      GaugeFamily("ntm_forecast_networks_used",
                  "1 if the networks take part in the forecast, 0 if the pool "
                  "was better without them.");
  Family networks_ratio = GaugeFamily(
      "ntm_forecast_networks_error_ratio",
      "Error of the pool with the networks divided by that without them, over "
      "two weeks; begins at 1.1.");
  Family error = GaugeFamily("ntm_forecast_absolute_error_bytes_per_second",
                             "Mean absolute error of a model's forecasts, with "
                             "more weight on recent ones.");
  Family weight = GaugeFamily("ntm_forecast_model_weight_ratio",
                              "Weight of a model in the pool.");
  Family matured = CounterFamily("ntm_forecast_matured_total",
                                 "Forecasts whose actual value is known.");
  Family hits = CounterFamily(
      "ntm_forecast_hits_total",
      "Forecasts that were within the tolerance of the actual value.");
  Family misses =
      CounterFamily("ntm_forecast_interval_misses_total",
                    "Actual values below or above the forecast bounds.");

  void Add(Labels labels, const SeriesView::Horizon& horizon);
};

Labels With(Labels labels, const char* name, std::string value) {
  labels.emplace_back(name, std::move(value));
  return labels;
}

void HorizonFamilies::Add(Labels labels, const SeriesView::Horizon& horizon) {
  labels =
      With(std::move(labels), "horizon", fmt::format("{}s", horizon.seconds));
  const Forecast& made = horizon.forecast;
  AddSample(&mean, labels, made.mean);
  if (made.has_bounds) {
    const Labels level = With(labels, "level", "0.9");
    AddSample(&lower, level, made.lower);
    AddSample(&upper, level, made.upper);
    AddSample(&required, With(labels, "level", "0.95"), made.required);
  }
  AddSample(&confidence, labels, horizon.confidence);
  AddSample(&method, With(labels, "method", horizon.method), 1);
  AddSample(&gated, labels, made.pool.gated() ? 1 : 0);
  if (horizon.networks_ratio) {
    AddSample(&networks, labels, made.pool.takes_lstm ? 1 : 0);
    AddSample(&networks_ratio, labels, *horizon.networks_ratio);
  }
  AddSample(&skill, labels, horizon.skill);
  AddSample(&mase, labels, horizon.mase);
  if (horizon.coverage) {
    AddSample(&coverage, With(labels, "level", "0.9"), *horizon.coverage);
  }
  for (size_t m = 0; m < kMembers; ++m) {
    if (std::isnan(made.members[m])) continue;
    const Labels model = With(labels, "model", std::string(MemberName(m)));
    AddSample(&error, model, horizon.errors[m]);
    AddSample(&weight, model, horizon.weights[m]);
  }
  AddSample(&matured, labels, static_cast<double>(horizon.matured));
  AddSample(&hits, labels, static_cast<double>(horizon.hits));
  AddSample(&misses, With(labels, "side", "low"),
            static_cast<double>(horizon.low_misses));
  AddSample(&misses, With(labels, "side", "high"),
            static_cast<double>(horizon.high_misses));
}

void AddTraining(const ForecastBook& book, std::vector<Family>* families) {
  const TrainCounters counters = book.counters();
  Family trained = CounterFamily("ntm_forecast_train_total",
                                 "Trainings of a series, by result.");
  AddSample(&trained, {{"result", "succeeded"}},
            static_cast<double>(counters.succeeded));
  AddSample(&trained, {{"result", "failed"}},
            static_cast<double>(counters.failed));
  Family kept =
      CounterFamily("ntm_forecast_networks_kept_total",
                    "Trainings after which the old networks were kept because "
                    "the new ones were worse on the newest day.");
  AddSample(&kept, {}, static_cast<double>(counters.networks_kept));
  Family cpu = CounterFamily("ntm_forecast_train_cpu_seconds_total",
                             "CPU time spent on training.");
  AddSample(&cpu, {}, counters.cpu_seconds);
  Family slice =
      GaugeFamily("ntm_forecast_train_longest_slice_seconds",
                  "Longest CPU time that a training used without a pause.");
  AddSample(&slice, {}, counters.longest_slice_seconds);
  Family tolerance = GaugeFamily(
      "ntm_forecast_tolerance_ratio",
      "Largest relative error for which a forecast counts as a hit.");
  AddSample(&tolerance, {}, book.options().tolerance);
  for (Family* family : {&trained, &kept, &cpu, &slice, &tolerance}) {
    families->push_back(std::move(*family));
  }
}

}  // namespace

std::vector<Family> ForecastFamilies(const ForecastBook& book) {
  HorizonFamilies by_horizon;
  Family history = GaugeFamily("ntm_forecast_history_seconds",
                               "Length of the history, including gaps.");
  Family last_train = GaugeFamily(
      "ntm_forecast_last_train_timestamp_seconds",
      "Time of the last training of the series, rounded to its bin.");
  for (const SeriesView& view : book.Views()) {
    const Labels labels = {
        {"interface", view.name.interface},
        {"direction", view.name.direction},
        {"class",
         view.name.traffic_class.empty() ? "all" : view.name.traffic_class}};
    for (const auto& horizon : view.horizons) by_horizon.Add(labels, horizon);
    AddSample(&history, labels, view.history_seconds);
    if (view.last_train_seconds > 0) {
      AddSample(&last_train, labels, view.last_train_seconds);
    }
  }
  std::vector<Family> families;
  for (Family* family :
       {&by_horizon.mean, &by_horizon.lower, &by_horizon.upper,
        &by_horizon.required, &by_horizon.confidence, &by_horizon.method,
        &by_horizon.gated, &by_horizon.networks, &by_horizon.networks_ratio,
        &by_horizon.skill, &by_horizon.mase, &by_horizon.coverage,
        &by_horizon.error, &by_horizon.weight, &by_horizon.matured,
        &by_horizon.hits, &by_horizon.misses, &history, &last_train}) {
    if (!family->metric.empty()) families.push_back(std::move(*family));
  }
  AddTraining(book, &families);
  return families;
}

}  // namespace ntm::forecast
