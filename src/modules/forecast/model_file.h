// A series that was trained apart, as a file.
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

// What a run forecasts with: its horizons of 5 minutes, 1 hour and 24 hours in
// bins, of which none is shorter than one.
std::vector<int64_t> LiveHorizonSeconds(int64_t bin_seconds);
ForecasterOptions LiveOptions(int64_t bin_seconds);

// Four weeks, or 8,064 bins where that is more.
size_t CapacityFor(size_t day_bins);

// Takes amounts × scale bin by bin, learning once they are enough and then once
// a day, so that errors and bounds are known as well.
void TrainOn(const std::vector<double>& amounts, double scale,
             Forecaster* forecaster,
             const std::function<void(size_t done, size_t all)>& progress);

void WriteModelFile(const std::string& path, const ModelFile& model);
ModelFile ReadModelFile(const std::string& path);

// What it forecasts from its last bin.
std::string DescribeModel(const ModelFile& model, bool as_json);

}  // namespace ntm::forecast
