// Reads a series from a CSV file with the columns time (or row number) and
// amount.
//
// Units    amounts are bytes per bin, whatever the file's unit.
// Shape    a header line, then a row each. A time is 2026-01-31T09:00:00Z,
//          2026-01-31 09:00:00 (UTC) or seconds since the epoch; smaller
//          numbers are row numbers, and each is a bin. Rows of the same bin are
//          added up; a bin without a row, or with only values that are empty or
//          "nan", is a gap.
// Threads  pure.
// Errors   ntm::Error with the line number.
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

// `bin_ms` 0: the median distance of the rows; 5 minutes without times.
CsvSeries ReadCsvSeries(std::istream& in, const std::string& name,
                        int64_t bin_ms);

}  // namespace ntm::forecast
