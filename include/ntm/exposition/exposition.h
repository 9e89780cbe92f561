// Writes metric families as Prometheus text 0.0.4 or OpenMetrics 1.0.
//
// Shape    families are named in full, counters with _total (which is added
//          where it is missing); a leading "ntm_" is replaced by the prefix
//          asked for. HELP and TYPE once per family, then its samples; in
//          OpenMetrics a counter's family loses _total, prometheus-cpp's
//          "untyped" is "unknown" and Finish() adds "# EOF".
// Numbers  integers exact to 2^64-1 through Sample(); doubles in the shortest
//          form that reads back the same, never with an exponent; NaN, +Inf
//          and -Inf as the format writes them.
// Threads  not synchronised; one per scrape.
// Errors   none. A scraper refuses an exposition as a whole, so nothing handed
//          in can make it unreadable: label values and help are escaped;
//          characters that a name cannot hold become "_"; a family whose name
//          is written already, a second label of the same name, a counter that
//          is negative or NaN and a bucket or quantile at NaN are left out; a
//          histogram without its +Inf bucket gets one.
// Source   prometheus.io "Exposition formats"; OpenMetrics 1.0.0.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

enum class ExpositionFormat { kPrometheusText, kOpenMetrics };

// The format a scraper asks for (RFC 9110 section 12.5.1). The higher quality
// wins; of two that are equal the one named more exactly, then the one named
// first. Text 0.0.4 where it asks for neither or for nothing; OpenMetrics
// 0.0.1, a draft, is not spoken.
ExpositionFormat NegotiateFormat(std::string_view accept_header);
// The Content-Type that goes with it.
std::string_view ContentType(ExpositionFormat format);

class Exposition {
 public:
  // `out` must outlive it; what it holds is kept.
  Exposition(ExpositionFormat format, std::string_view prefix,
             std::string* out);

  // Only these families are written from now on, each named as it is shown in
  // either format or as one of its samples is; all of them if `names` is empty.
  void Only(const std::vector<std::string>& names);

  // Any family of prometheus-cpp's model; one without samples writes nothing.
  void Write(const prometheus::MetricFamily& family);
  void Write(const std::vector<prometheus::MetricFamily>& families);

  // The fast way for the flow families: a counter family's head, then samples
  // whose labels are rendered already ('a="b",c="d"', escaped, no braces).
  void BeginCounter(std::string_view name, std::string_view help);
  // REQUIRES: nothing else written since BeginCounter().
  void Sample(std::string_view rendered_labels, uint64_t value);

  // Ends the exposition. Nothing may be written after it.
  void Finish();

  // Appends `value` with backslash, quote and newline escaped; NUL and bytes
  // that are not UTF-8 become U+FFFD.
  static void AppendLabelValue(std::string_view value, std::string* out);

 private:
  // Returns false iff the family is written already, or is not to be.
  bool Head(std::string_view name, std::string_view help,
            prometheus::MetricType type);
  bool IsAsked(const std::string& stem, prometheus::MetricType type) const;
  void WriteHistogram(const std::string& name,
                      const prometheus::ClientMetric& metric);
  void WriteSummary(const std::string& name,
                    const prometheus::ClientMetric& metric);
  // The label that the family's type keeps for itself ("le", "quantile", ""
  // for none) and its value; "" where this sample goes without.
  struct Bound {
    std::string_view label;
    std::string value;
  };

  void Line(std::string_view name, const prometheus::ClientMetric& metric,
            const Bound& bound, std::string_view value);
  void AppendLabels(const std::vector<prometheus::ClientMetric::Label>& labels,
                    const Bound& bound);
  void AppendTimestamp(int64_t timestamp_ms);
  std::string BoundText(double value) const;
  std::string Renamed(std::string_view name) const;

  // Constant after construction
  ExpositionFormat format_;
  std::string prefix_;
  std::string* out_;

  std::set<std::string, std::less<>> only_;      // empty: all
  std::set<std::string, std::less<>> families_;  // written so far
  std::string counter_name_;  // of the family that Sample() adds to
};

}  // namespace ntm
