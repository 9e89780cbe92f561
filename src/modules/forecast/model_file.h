// A file with the trained model of one series.
//
// Units    bytes per second, seconds.
// Threads  pure but for the file.
// Errors   ntm::Error.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "forecaster.h"
#include "series_name.h"

namespace ntm::forecast {

struct ModelFile {
  SeriesName name;
  int64_t bin_seconds = 300;
  std::string state;  // Forecaster::Save()
};

// The horizons of the live forecasts: 5 minutes, 1 hour and 24 hours, rounded
// up to whole bins; and the options of their forecaster.
std::vector<int64_t> LiveHorizonSeconds(int64_t bin_seconds);
ForecasterOptions LiveOptions(int64_t bin_seconds);

// Four weeks of bins, at least 8,064.
size_t CapacityFor(size_t day_bins);

// Appends amounts × scale bin by bin, and trains as soon as there are enough
// bins and then once a day, so that errors and bounds are known as well.
void TrainOn(const std::vector<double>& amounts, double scale,
             Forecaster* forecaster,
             const std::function<void(size_t done, size_t all)>& progress);

void WriteModelFile(const std::string& path, const ModelFile& model);
ModelFile ReadModelFile(const std::string& path);

// Describes the forecasts at the model's last bin.
std::string DescribeModel(const ModelFile& model, bool as_json);

}  // namespace ntm::forecast
