#include "subcommands.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <stdexcept>

#include "backtest.h"
#include "backtest_report.h"
#include "csv_series.h"
#include "model_file.h"
#include "ntm/base/duration.h"
#include "ntm/base/error.h"

namespace ntm::forecast {
namespace {

constexpr char kSeeHelp[] = "; see ntm forecast --help";
constexpr std::array<std::string_view, 1> kFlags = {"--json"};
constexpr std::array<std::string_view, 9> kValueWords = {
    "--csv",   "--bin",       "--horizons",  "--unit", "--svg",
    "--model", "--interface", "--direction", "--class"};
constexpr char kDefaultHorizons[] = "5m,1h,24h";
constexpr int64_t kDayMs = 86'400'000;
constexpr std::chrono::milliseconds kLongest = std::chrono::hours(24 * 28);
constexpr double kBitsPerByte = 8;
constexpr double kPictureHours = 24;

[[noreturn]] void Refuse(const std::string& why) {
  throw Error("ntm forecast: " + why + kSeeHelp, kExitUsage);
}

std::string ValueOr(const ForecastWords& words, const std::string& name,
                    const std::string& otherwise) {
  const auto found = words.find(name);
  return found == words.end() ? otherwise : found->second;
}

int64_t DurationMs(const std::string& name, const std::string& text) {
  try {
    return ParseDuration(text, std::chrono::milliseconds(1), kLongest).count();
  } catch (const std::invalid_argument& error) {
    Refuse(name + ": " + error.what());
  }
}

std::string DurationText(int64_t ms) {
  for (const auto& [size, unit] : {std::pair<int64_t, const char*>{kDayMs, "d"},
                                   {3'600'000, "h"},
                                   {60'000, "m"},
                                   {1000, "s"}}) {
    if (ms >= size && ms % size == 0)
      return fmt::format("{}{}", ms / size, unit);
  }
  return fmt::format("{}ms", ms);
}

CsvSeries ReadFile(const ForecastWords& words, int64_t bin_ms) {
  const std::string path = ValueOr(words, "--csv", "");
  if (path.empty()) Refuse("--csv FILE is missing");
  std::ifstream in(path);
  if (!in) throw Error("cannot read " + path + "; check the path");
  return ReadCsvSeries(in, path, bin_ms);
}

std::string UnitOf(const ForecastWords& words) {
  const std::string unit = ValueOr(words, "--unit", "bytes");
  if (unit != "bytes" && unit != "bits") {
    Refuse("--unit: '" + unit + "' is neither bytes nor bits");
  }
  return unit;
}

// The horizons in bins, and as given in `texts`. Default horizons that are not
// whole bins are left out.
std::vector<size_t> HorizonsOf(const ForecastWords& words, int64_t bin_ms,
                               std::vector<std::string>* texts) {
  const bool chosen = words.contains("--horizons");
  std::string rest = ValueOr(words, "--horizons", kDefaultHorizons);
  std::vector<size_t> steps;
  while (!rest.empty()) {
    const size_t comma = std::min(rest.find(','), rest.size());
    const std::string text = rest.substr(0, comma);
    rest.erase(0, comma + 1);
    const int64_t ms = DurationMs("--horizons", text);
    const bool whole = ms >= bin_ms && ms % bin_ms == 0;
    if (!whole && chosen) {
      Refuse(fmt::format("--horizons: {} is {} {}", text,
                         ms < bin_ms ? "shorter than a bin of"
                                     : "not a whole number of bins of",
                         DurationText(bin_ms)));
    }
    if (!whole) continue;
    texts->push_back(text);
    steps.push_back(static_cast<size_t>(ms / bin_ms));
  }
  if (steps.empty()) {
    texts->push_back(DurationText(bin_ms));
    steps.push_back(1);
  }
  return steps;
}

ForecasterOptions OptionsFor(int64_t bin_ms) {
  ForecasterOptions options;
  options.day_bins = static_cast<size_t>(std::max<int64_t>(1, kDayMs / bin_ms));
  options.capacity = CapacityFor(options.day_bins);
  options.target = Target::kPoint;
  return options;
}

// A progress bar on stderr, only if that is a terminal.
class ProgressBar {
 public:
  void Show(size_t done, size_t all) {
    if (!on_ || all == 0) return;
    constexpr size_t kLineWidth = 40;
    const size_t filled = kLineWidth * done / all;
    if (filled == shown_) return;
    shown_ = filled;
    fmt::print(stderr, "\r[{:<{}}] {:3} %", std::string(filled, '#'),
               kLineWidth, 100 * done / all);
    std::fflush(stderr);
  }
  ~ProgressBar() {
    if (on_ && shown_ != kNothing) fmt::print(stderr, "\r{:60}\r", "");
  }

 private:
  static constexpr size_t kNothing = ~size_t{0};
  bool on_ = isatty(STDERR_FILENO) == 1;
  size_t shown_ = kNothing;
};

int RunBacktest(const ForecastWords& words) {
  const std::string bin = ValueOr(words, "--bin", "");
  const std::string unit = UnitOf(words);
  const int64_t asked_ms = bin.empty() ? 0 : DurationMs("--bin", bin);
  BacktestOptions options;
  ReportContext context;
  // Wrong arguments are reported before a large file is read.
  if (asked_ms > 0) HorizonsOf(words, asked_ms, &context.horizons);
  context.horizons.clear();
  const CsvSeries series = ReadFile(words, asked_ms);
  options.forecaster = OptionsFor(series.bin_ms);
  options.forecaster.horizons =
      HorizonsOf(words, series.bin_ms, &context.horizons);
  context.bin = bin.empty() ? DurationText(series.bin_ms) : bin;
  context.bins = series.amounts.size();
  context.unit = unit;
  const std::string picture = ValueOr(words, "--svg", "");
  const double bins_per_hour = 3'600'000 / static_cast<double>(series.bin_ms);
  if (!picture.empty()) {
    options.keep = static_cast<size_t>(kPictureHours * bins_per_hour) + 1;
    options.keep_horizon = std::min<size_t>(1, context.horizons.size() - 1);
  }
  ProgressBar bar;
  options.progress = [&bar](size_t done, size_t all) { bar.Show(done, all); };
  const BacktestResult result = Backtest(series.amounts, series.start, options);
  fmt::print("{}", words.contains("--json") ? ToJson(result, context)
                                            : ToText(result, context));
  if (picture.empty()) return 0;
  const double bits = (unit == "bits" ? 1 : kBitsPerByte) * 1000 /
                      static_cast<double>(series.bin_ms);
  std::ofstream out(picture);
  out << ToSvg(result.kept,
               fmt::format("The last day, forecast {} ahead",
                           context.horizons[options.keep_horizon]),
               bins_per_hour, bits);
  if (!out.flush())
    throw Error("cannot write " + picture +
                "; check the path and the free space");
  return 0;
}

int RunTrain(const ForecastWords& words) {
  const std::string path = ValueOr(words, "--model", "");
  if (path.empty()) Refuse("train: --model FILE is missing");
  const bool has_csv = words.contains("--csv");
  ModelFile model;
  if (has_csv) {
    const std::string bin = ValueOr(words, "--bin", "5m");
    model.name.interface = ValueOr(words, "--interface", "_total");
    model.name.direction = ValueOr(words, "--direction", "receive");
    model.name.traffic_class = ValueOr(words, "--class", "");
    if (model.name.direction != "receive" &&
        model.name.direction != "transmit") {
      Refuse("--direction: expected receive or transmit");
    }
    const double per_unit = UnitOf(words) == "bits" ? 1 / kBitsPerByte : 1;
    const int64_t bin_ms = DurationMs("--bin", bin);
    if (bin_ms < 1000 || bin_ms % 1000 != 0 || kDayMs % bin_ms != 0) {
      Refuse("train: --bin: expected whole seconds that divide a day");
    }
    const CsvSeries series = ReadFile(words, bin_ms);
    model.bin_seconds = bin_ms / 1000;
    Forecaster forecaster(LiveOptions(model.bin_seconds));
    forecaster.Begin(series.start);
    ProgressBar bar;
    const double scale = per_unit / static_cast<double>(model.bin_seconds);
    TrainOn(series.amounts, scale, &forecaster,
            [&bar](size_t done, size_t all) { bar.Show(done, all); });
    model.state = forecaster.Save();
    WriteModelFile(path, model);
  }
  const ModelFile written = ReadModelFile(path);
  fmt::print("{}", DescribeModel(written, words.contains("--json")));
  return 0;
}

}  // namespace

ForecastWords TakeForecastWords(std::vector<std::string>* words) {
  std::string what;
  if (!words->empty() &&
      (words->front() == "backtest" || words->front() == "train")) {
    what = words->front();
    words->erase(words->begin());
  }
  ForecastWords taken =
      TakeSubcommandWords(kFlags, kValueWords, "forecast", words);
  if (!what.empty()) taken[""] = what;
  return taken;
}

int RunForecastSubcommand(const ForecastWords& words) {
  const std::string what = ValueOr(words, "", "");
  if (what == "backtest") return RunBacktest(words);
  if (what == "train") return RunTrain(words);
  Refuse("expected backtest or train");
}

}  // namespace ntm::forecast
