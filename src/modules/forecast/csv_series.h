// A series from a file: time and amount, or number and amount.
//
// Units    amounts are bytes per bin, whatever the file's unit.
// Shape    a header line, then a row each. A time is 2026-01-31T09:00:00Z,
//          2026-01-31 09:00:00 (UTC) or seconds since the epoch; a first column
//          that counts rows in steps of one makes every row a bin. Rows of one
//          bin are added up, bins without a row are gaps, and so is a value
//          that is empty or "nan".
// Threads  pure.
// Errors   ntm::Error with the line's number.
#pragma once

#include <cstdint>
#include <istream>
#include <string>
#include <vector>

namespace ntm::forecast {

struct CsvSeries {
  int64_t bin_ms = 0;
  int64_t start = 0;  // slot of the first bin; 0 without times
  bool has_times = false;
  std::vector<double> amounts;  // NaN: a gap
};

// `bin_ms` 0: the usual distance of the rows; 5 minutes without times.
CsvSeries ReadCsvSeries(std::istream& in, const std::string& name,
                        int64_t bin_ms);

}  // namespace ntm::forecast
