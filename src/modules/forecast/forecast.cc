// Forecasts the traffic of interfaces and classes.

#include <cmath>
#include <memory>
#include <stdexcept>
#include <string>

#include "forecast_book.h"
#include "forecast_families.h"
#include "forecast_tables.h"
#include "ntm/base/duration.h"
#include "ntm/base/unix_time.h"
#include "ntm/module/command_line.h"
#include "ntm/module/module.h"
#include "ntm/module/option_declarer.h"
#include "ntm/module/stored_tables.h"
#include "predict_answers.h"
#include "request_history.h"
#include "subcommands.h"

namespace ntm::forecast {
namespace {

constexpr auto kShortestBin = std::chrono::seconds(10);
constexpr auto kLongestBin = std::chrono::minutes(15);

int64_t BinSeconds(const std::string& text) {
  const auto bin = ParseDuration(text, kShortestBin, kLongestBin);
  const int64_t seconds =
      std::chrono::duration_cast<std::chrono::seconds>(bin).count();
  if (bin.count() % 1000 != 0 || kDaySeconds % seconds != 0) {
    throw std::invalid_argument("'" + text +
                                "' does not divide a day into whole bins");
  }
  return seconds;
}

class ForecastModule final : public Module,
                             public CommandLine,
                             public TableOwner {
 public:
  std::string_view name() const noexcept override { return "forecast"; }
  void AddOptions(OptionDeclarer& options) override;
  std::vector<Subcommand> Subcommands() override;
  StoredTables* stored_tables() override;
  // At the first question for its tables, else by the host.
  void Open() override;
  void OnTick(const Tick& tick) override;
  std::vector<prometheus::MetricFamily> Collect() const override;
  std::vector<Route> Routes() override;

 private:
  // Constant after Open()
  bool is_on_ = true;
  BookOptions options_;
  std::string model_;
  ForecastWords words_;
  std::unique_ptr<ForecastBook> book_;
  ForecastBook* shown_book_ = nullptr;  // book_.get(), for the tables
  std::unique_ptr<RequestHistory> requests_;
  ForecastTables tables_{&shown_book_};
};

void ForecastModule::AddOptions(OptionDeclarer& options) {
  options.BeginTopic("forecast", "forecasts of traffic, models");
  options
      .AddFlag("--forecast,!--no-forecast", is_on_,
               "Forecast the traffic of interfaces and classes")
      .DefaultText("true");
  options.AddWord(
      "--forecast-bin", options_.bin_seconds, BinSeconds, "DURATION",
      "Length of the time bins to forecast, 10s to 15m; without it: 5m");
  options
      .AddNumber("--forecast-tolerance", options_.tolerance, "RATIO",
                 "Largest relative error at which a forecast counts as "
                 "correct: 0.2 is 20 %")
      .Within(0.01, 1.0);
  options
      .AddNumber(
          "--forecast-max-series", options_.max_series, "NUMBER",
          "Most series to forecast; each takes half a megabyte of memory")
      .Within(2, 10'000);
  options.AddText("--forecast-model", model_, "FILE",
                  "Start with the model in this file of ntm forecast train, "
                  "unless the database has a model of that series");
}

std::vector<Subcommand> ForecastModule::Subcommands() {
  return {
      {"forecast",
       "backtest|train [--csv FILE] [--bin DURATION] [--horizons LIST] "
       "[--unit bytes|bits] [--svg FILE] [--model FILE] [--interface NAME] "
       "[--direction receive|transmit] [--class NAME] [--json]",
       "Test forecasts on your own data, or train a model",
       "backtest: how good the forecasts would have been for the series in a "
       "CSV file. train: learn from such a file, write the model and describe "
       "it; without --csv, describe a model that exists.",
       {{"--csv FILE",
         "The series: a header, then rows of time (or a number) and amount"},
        {"--bin DURATION", "Length of a bin (train: default 5m)"},
        {"--horizons LIST", "backtest: times ahead (default 5m,1h,24h)"},
        {"--unit UNIT", "Of the amounts: bytes (default) or bits"},
        {"--svg FILE", "backtest: draw the last day and its forecast"},
        {"--model FILE", "train: the model, for --forecast-model"},
        {"--interface NAME",
         "train: interface that the model is for (default: the sum)"},
        {"--direction DIR", "train: receive (default) or transmit"},
        {"--class NAME", "train: traffic class (default: all traffic)"},
        {"--json", "Print one JSON object instead"}},
       [this](std::vector<std::string>* words) {
         words_ = TakeForecastWords(words);
       },
       [this] { return RunForecastSubcommand(words_); }},
  };
}

void ForecastModule::Open() {
  if (book_ != nullptr || !is_on_) return;
  book_ = std::make_unique<ForecastBook>(options_);
  requests_ = std::make_unique<RequestHistory>(options_.tolerance);
  shown_book_ = book_.get();
  if (!model_.empty()) book_->Adopt(ReadModelFile(model_));
}

StoredTables* ForecastModule::stored_tables() {
  Open();
  return &tables_;
}

void ForecastModule::OnTick(const Tick& tick) {
  if (book_ == nullptr) return;
  book_->Take(tick);
  tick.new_reports->forecast = book_->report();
}

std::vector<prometheus::MetricFamily> ForecastModule::Collect() const {
  if (book_ == nullptr) return {};
  return ForecastFamilies(*book_);
}

std::vector<Route> ForecastModule::Routes() {
  if (book_ == nullptr) return {};
  return {
      {"POST", "/predict", "forecast of the bandwidth for a type of traffic",
       [this](const HttpRequest& r) {
         return AnswerPredict(r, book_.get(), requests_.get());
       },
       Access::kCompute},
      {"POST", "/predict/batch", "the same for several types",
       [this](const HttpRequest& r) {
         return AnswerBatch(r, book_.get(), requests_.get());
       },
       Access::kCompute},
      {"GET", "/api/predictions",
       "past predictions and actual values: ?type=video&limit=100",
       [this](const HttpRequest& r) { return AnswerPredictions(r, *book_); }}};
}

}  // namespace

std::unique_ptr<Module> MakeModule() {
  return std::make_unique<ForecastModule>();
}

}  // namespace ntm::forecast
