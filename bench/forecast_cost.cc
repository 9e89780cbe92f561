// Measures the cost of forecasting many series: memory, CPU time per bin, and
// the slices of a training.
//
// Prints one line of JSON: series, their number; bytes, the resident memory of
// all series with four weeks of 5-minute bins each and every model trained;
// bin_seconds, the CPU time for one bin of one series, including report and
// log; longest_slice_seconds of a training.

#include <fmt/format.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cmath>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "modules/forecast/cpu_seconds.h"
#include "modules/forecast/forecast_book.h"
#include "modules/forecast/model_file.h"
#include "ntm/module/reports.h"

namespace {

using namespace ntm::forecast;

constexpr int64_t kBinSeconds = 300;
constexpr int64_t kDayBins = 288;
constexpr int64_t kWeeks = 4;
constexpr int64_t kNs = 1'000'000'000;
constexpr int64_t kFirstSlot = 5'900'000;
constexpr double kTurn = 6.283185307179586;

double ResidentBytes() {
  std::ifstream statm("/proc/self/statm");
  double size = 0;
  double resident = 0;
  statm >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// A daily pattern, and a part that never repeats.
double RateOf(int64_t slot) {
  const auto at = static_cast<double>(slot);
  return 1e7 * std::exp(std::sin(kTurn * at / kDayBins) +
                        0.1 * std::sin(0.7 * at) + 0.1 * std::sin(0.31 * at));
}

std::string TrainedState() {
  Forecaster forecaster(LiveOptions(kBinSeconds));
  forecaster.Begin(kFirstSlot);
  std::vector<double> rates;
  for (int64_t i = 0; i < kWeeks * 7 * kDayBins; ++i) {
    forecaster.Append(RateOf(kFirstSlot + i));
  }
  Training training = forecaster.BeginTraining(true);
  training.models.Train(training.time_series, training.anew, {});
  forecaster.Adopt(std::move(training));
  return forecaster.Save();
}

ntm::Tick TickAt(int64_t slot, size_t series, ntm::Reports* posts) {
  auto report = std::make_shared<ntm::InterfaceReport>();
  report->time_ns = slot * kBinSeconds * kNs;
  report->total.name = ntm::kTotalInterface;
  for (size_t i = 0; i < series / 2; ++i) {
    ntm::InterfaceSample sample;
    sample.name = fmt::format("eth{}", i);
    sample.receive_bytes = sample.transmit_bytes =
        static_cast<uint64_t>(slot - kFirstSlot + 1) * 1'000'000'000;
    report->interfaces.push_back(std::move(sample));
  }
  ntm::Tick tick;
  tick.time_ns = report->time_ns;
  tick.reports.interfaces = std::move(report);
  tick.new_reports = posts;
  return tick;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("What the forecast of many series costs");
  size_t series = 40;
  app.add_option("--series", series)->check(CLI::Range(2, 1000));
  CLI11_PARSE(app, argc, argv);

  const std::string state = TrainedState();
  BookOptions options;
  options.max_series = series + 2;
  const double before = ResidentBytes();
  ForecastBook book(options);
  for (size_t i = 0; i < series; ++i) {
    KeptSeries kept;
    kept.name = {fmt::format("eth{}", i / 2),
                 i % 2 == 0 ? "receive" : "transmit", ""};
    kept.state = state;
    book.Restore({kept}, {});
  }
  ntm::Reports posts;
  int64_t slot = kFirstSlot + kWeeks * 7 * kDayBins;
  book.Take(TickAt(slot, series, &posts));
  double spent = 0;
  constexpr int kBins = 50;
  for (int i = 0; i < kBins; ++i) {
    const ntm::Tick tick = TickAt(++slot, series, &posts);
    const double begin = CpuSeconds();
    book.Take(tick);
    spent += CpuSeconds() - begin;
  }
  const double bytes = ResidentBytes() - before;

  // Two days later all series are due for training.
  slot += 2 * kDayBins;
  constexpr uint64_t kTrainings = 4;
  while (book.counters().succeeded < kTrainings) {
    book.Take(TickAt(slot, series, &posts));
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  fmt::print(
      "{{\"series\": {}, \"bytes\": {:.0f}, \"bin_seconds\": {:.7f}, "
      "\"longest_slice_seconds\": {:.4f}}}\n",
      series, bytes, spent / kBins / static_cast<double>(series),
      book.counters().longest_slice_seconds);
  return 0;
}
