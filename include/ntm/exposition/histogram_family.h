// A family of histograms that have native buckets beside the classic ones.
//
// Shape    the text formats have the classic buckets only, protobuf has both.
//          Native bucket i of schema s ends at 2^(i / 2^s) and begins where
//          bucket i - 1 ends.
// Units    those of the family's name.
// Threads  a value type.
// Source   Prometheus: "Native histograms".
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <vector>

namespace ntm {

// Not cumulative. All buckets together have the histogram's sample_count.
struct NativeBuckets {
  int schema = 0;             // -4 to 8
  double zero_threshold = 0;  // above 0
  uint64_t zero_count = 0;    // up to zero_threshold
  int first = 0;              // the index of counts[0]
  std::vector<uint64_t> counts;
  // What is only known to be above these; they count in the bucket whose upper
  // bound is infinite, so a quantile that falls there is +Inf.
  uint64_t above_count = 0;
};

struct HistogramFamily {
  prometheus::MetricFamily family;    // the type is Histogram
  std::vector<NativeBuckets> native;  // of family.metric[i]
};

}  // namespace ntm
