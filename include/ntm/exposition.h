// Writes metric families as Prometheus text 0.0.4 or OpenMetrics 1.0.
//
// Shape    families are named in full, counters with _total; a leading "ntm_"
//          is replaced by the prefix asked for. HELP and TYPE once per family,
//          then its samples; in OpenMetrics a counter's family loses _total
//          and Finish() adds "# EOF".
// Numbers  integers exact to 2^64-1 through Sample(); doubles in the shortest
//          form that reads back the same, never with an exponent; NaN, +Inf
//          and -Inf as the format writes them.
// Threads  not synchronised; one per scrape.
// Errors   none; label values and help are escaped, whatever they hold.
// Source   prometheus.io "Exposition formats"; OpenMetrics 1.0.0.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

enum class ExpositionFormat { kPrometheusText, kOpenMetrics };

// The format a scraper asks for (RFC 9110 section 12.5.1, q-values honoured);
// text 0.0.4 where it asks for neither or for nothing.
ExpositionFormat NegotiateFormat(std::string_view accept_header);
// The Content-Type that goes with it.
std::string_view ContentType(ExpositionFormat format);

// Returns true iff `prefix` can begin a metric name:
// [a-zA-Z_:][a-zA-Z0-9_:]*.
bool IsValidMetricPrefix(std::string_view prefix);

class Exposition {
 public:
  // `out` must outlive it; what it holds is kept.
  Exposition(ExpositionFormat format, std::string_view prefix,
             std::string* out);

  // Any family of prometheus-cpp's model; one without samples writes nothing.
  void Write(const prometheus::MetricFamily& family);
  void Write(const std::vector<prometheus::MetricFamily>& families);

  // The fast way for the flow families: a counter family's head, then samples
  // whose labels are rendered already ('a="b",c="d"', escaped, no braces).
  void BeginCounter(std::string_view name, std::string_view help);
  void Sample(std::string_view rendered_labels, uint64_t value);

  // Ends the exposition. Nothing may be written after it.
  void Finish();

  // Appends `value` with backslash, quote and newline escaped, and bytes that
  // are not UTF-8 replaced by U+FFFD.
  static void AppendLabelValue(std::string_view value, std::string* out);

 private:
  void Head(std::string_view name, std::string_view help,
            prometheus::MetricType type);
  std::string Renamed(std::string_view name) const;

  ExpositionFormat format_;
  std::string prefix_;
  std::string* out_;
  std::string counter_name_;  // of the family that Sample() adds to
};

}  // namespace ntm
