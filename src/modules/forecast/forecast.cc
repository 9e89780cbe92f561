// What the traffic will be.

#include <CLI/CLI.hpp>
#include <memory>

#include "ntm/module.h"
#include "verbs.h"

namespace ntm::forecast {
namespace {

class ForecastModule final : public Module {
 public:
  std::string_view name() const noexcept override { return "forecast"; }
  std::vector<Verb> Verbs() override;

 private:
  ForecastWords words_;
};

std::vector<Verb> ForecastModule::Verbs() {
  return {
      {"forecast",
       "backtest|train --csv FILE [--bin 5m] [--horizons 5m,1h,24h] "
       "[--unit bytes|bits] [--json]",
       "backtest tells how good the forecasts would have been on a series of "
       "one's own: a CSV file with a header, then time (or number) and amount "
       "per row; --svg FILE draws the last day. train learns from such a file "
       "into --model FILE, for --forecast-model, and tells what it forecasts; "
       "without --csv it tells what a model forecasts. --interface, "
       "--direction and --class name the series.",
       [this](std::vector<std::string>* words) {
         words_ = TakeForecastWords(words);
       },
       [this] { return RunForecastVerb(words_); }},
  };
}

}  // namespace

std::unique_ptr<Module> MakeModule() {
  return std::make_unique<ForecastModule>();
}

}  // namespace ntm::forecast
