#include "model_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>

#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/http/json.h"

namespace ntm::forecast {
namespace {

constexpr char kMagic[] = "ntm forecast model 1";
constexpr size_t kLeastCapacity = 8064;
constexpr size_t kDaysKept = 28;

[[noreturn]] void RefuseFile(const std::string& path) {
  throw Error(
      path + " is not a model file of ntm; create one with ntm forecast train");
}

}  // namespace

std::vector<int64_t> LiveHorizonSeconds(int64_t bin_seconds) {
  std::vector<int64_t> horizons;
  for (const int64_t seconds : {int64_t{300}, int64_t{3600}, kDaySeconds}) {
    // The next whole number of bins.
    const int64_t bins = (seconds + bin_seconds - 1) / bin_seconds;
    horizons.push_back(bins * bin_seconds);
  }
  return horizons;
}

ForecasterOptions LiveOptions(int64_t bin_seconds) {
  ForecasterOptions options;
  options.day_bins = static_cast<size_t>(kDaySeconds / bin_seconds);
  options.capacity = CapacityFor(options.day_bins);
  options.horizons.clear();
  for (const int64_t seconds : LiveHorizonSeconds(bin_seconds)) {
    options.horizons.push_back(static_cast<size_t>(seconds / bin_seconds));
  }
  options.target = Target::kMean;
  return options;
}

size_t CapacityFor(size_t day_bins) {
  return std::max(kLeastCapacity, kDaysKept * day_bins);
}

void TrainOn(const std::vector<double>& amounts, double scale,
             Forecaster* forecaster,
             const std::function<void(size_t done, size_t all)>& progress) {
  const size_t day = forecaster->options().day_bins;
  size_t next = 0;
  for (size_t i = 0; i < amounts.size(); ++i) {
    if (progress) progress(i, amounts.size());
    forecaster->Append(amounts[i] * scale);
    const bool due = i + 1 == amounts.size() || i >= next;
    if (!due || forecaster->ladder() < Ladder::kPool) continue;
    Training training = forecaster->BeginTraining(!forecaster->trained());
    training.models.Train(training.time_series, training.anew, {});
    forecaster->Adopt(std::move(training));
    next = i + day;
  }
}

void WriteModelFile(const std::string& path, const ModelFile& model) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << kMagic << '\n'
      << model.name.interface << '\n'
      << model.name.direction << '\n'
      << model.name.traffic_class << '\n'
      << model.bin_seconds << '\n'
      << model.state;
  if (!out.flush())
    throw Error("cannot write " + path + "; check the path and the free space");
}

ModelFile ReadModelFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error("cannot read " + path + "; check the path");
  ModelFile model;
  std::string magic;
  std::string bin;
  std::getline(in, magic);
  std::getline(in, model.name.interface);
  std::getline(in, model.name.direction);
  std::getline(in, model.name.traffic_class);
  std::getline(in, bin);
  if (magic != kMagic) RefuseFile(path);
  std::istringstream(bin) >> model.bin_seconds;
  if (model.bin_seconds < 1 || kDaySeconds % model.bin_seconds != 0) {
    RefuseFile(path);
  }
  model.state.assign(std::istreambuf_iterator<char>(in), {});
  return model;
}

std::string DescribeModel(const ModelFile& model, bool as_json) {
  Forecaster forecaster(LiveOptions(model.bin_seconds));
  if (!forecaster.Load(model.state)) {
    throw Error("the model is damaged, or of another version; train it again");
  }
  nlohmann::ordered_json rows = nlohmann::ordered_json::array();
  std::string text = fmt::format(
      "{} {}{}: forecasts in bytes per second from its last bin\n{:>8} {:>14} "
      "{:>14} {:>14} {:>14}\n",
      model.name.interface, model.name.direction,
      model.name.traffic_class.empty() ? "" : " " + model.name.traffic_class,
      "seconds", "mean", "lower 90 %", "upper 90 %", "required 95 %");
  for (const Forecast& made : forecaster.forecasts()) {
    const int64_t seconds =
        static_cast<int64_t>(made.steps) * model.bin_seconds;
    rows.push_back(
        {{"horizon_seconds", seconds},
         {"bytes_per_second", made.mean},
         {"lower_bytes_per_second", made.lower},
         {"upper_bytes_per_second", made.upper},
         {"required_bytes_per_second", made.required},
         {"has_interval", made.has_bounds},
         {"model_type", forecaster.trained() ? "ensemble" : "naive"}});
    fmt::format_to(std::back_inserter(text),
                   "{:>8} {:>14.6g} {:>14.6g} {:>14.6g} {:>14.6g}\n", seconds,
                   made.mean, made.lower, made.upper, made.required);
  }
  if (!as_json) return text;
  const nlohmann::ordered_json json = {{"interface", model.name.interface},
                                       {"direction", model.name.direction},
                                       {"class", model.name.traffic_class},
                                       {"bin_seconds", model.bin_seconds},
                                       {"forecasts", rows}};
  return WriteJson(json) + "\n";
}

}  // namespace ntm::forecast
