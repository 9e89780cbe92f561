// The throughput of the last minutes, as a graph of characters.
//
// Units    bytes per second; one sample per refresh.
// Shape    a column is the mean of kSamplesPerColumn samples, the newest on the
//          right; the highest column has the whole height. Bounded: kSamples.
// Threads  one thread.
#pragma once

#include <cstddef>
#include <deque>
#include <string>
#include <vector>

#include "clean_text.h"

namespace ntm::top {

class RateHistory {
 public:
  static constexpr size_t kSamples = 600;
  static constexpr size_t kSamplesPerColumn = 3;

  void Add(double bytes_per_second);

  // The largest value that the graph of that many columns has; 0 if empty.
  double Peak(size_t columns) const;

  // `height` lines of `columns` characters, the upper one first.
  std::vector<std::string> Graph(size_t columns, size_t height,
                                 Charset charset) const;

 private:
  // The mean of the samples of each column, the newest last.
  std::vector<double> Columns(size_t columns) const;

  std::deque<double> samples_;
  size_t added_ = 0;  // so that a sample stays in its column
};

}  // namespace ntm::top
