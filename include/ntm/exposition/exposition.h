// Writes metric families as Prometheus text 0.0.4 or OpenMetrics 1.0.
//
// Shape    callers pass full family names, for counters with _total (which is
//          added if it is missing); a leading "ntm_" is replaced by the chosen
//          prefix. HELP and TYPE once per family, then its samples. In
//          OpenMetrics a counter's family name has no _total, prometheus-cpp's
//          "untyped" is "unknown" and Finish() adds "# EOF".
// Numbers  integers exact to 2^64-1 through Sample(); doubles in the shortest
//          form that reads back the same, never with an exponent; NaN, +Inf
//          and -Inf as the format writes them.
// Threads  not synchronised; one object per scrape.
// Errors   none. One malformed line makes a scraper reject the whole
//          exposition, so every input gives valid output: label values and help
//          are escaped; invalid characters in names become "_"; a histogram
//          without a +Inf bucket gets one. Left out are a family that is
//          already written, a repeated label name, a negative or NaN counter
//          and a bucket or quantile at NaN.
// Source   prometheus.io "Exposition formats"; OpenMetrics 1.0.0.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ntm {

enum class ExpositionFormat { kPrometheusText, kOpenMetrics };

// Chooses the format by the Accept header (RFC 9110 section 12.5.1): the higher
// quality wins, then the more specific range, then the first one. Text 0.0.4 if
// the header accepts neither or is empty. OpenMetrics 0.0.1, a draft, is not
// supported.
ExpositionFormat NegotiateFormat(std::string_view accept_header);
// The Content-Type of the format.
std::string_view ContentType(ExpositionFormat format);

// The samples of one family, written piece by piece.
//
// Threads  one call at a time, on any thread.
// Errors   Append() may throw; the exposition is then lost, because its
//          beginning may already be with the client.
class SampleStream {
 public:
  virtual ~SampleStream() = default;
  // Appends samples until `out` has `enough_bytes`, or a little more. Returns
  // false when none are left.
  virtual bool Append(size_t enough_bytes, std::string* out) = 0;
};

// Makes the samples of a family; `name` is the one that their lines begin with.
using MakeSamples =
    std::function<std::unique_ptr<SampleStream>(std::string_view name)>;

// Samples that are to be inserted in the text before the position `at`.
struct LaterSamples {
  size_t at = 0;
  std::unique_ptr<SampleStream> samples;
};

class Exposition {
 public:
  // Appends to `out`, which must outlive it. Samples of WriteCounter() are
  // appended to `later`, which must outlive it as well; without `later` they
  // are written at once.
  Exposition(ExpositionFormat format, std::string_view prefix, std::string* out,
             std::vector<LaterSamples>* later = nullptr);

  // From now on writes only these families; all of them if `names` is empty. A
  // name is a family's name in either format, or the name of its samples.
  void Only(const std::vector<std::string>& names);

  // Writes families of prometheus-cpp's model; one without samples is skipped.
  void Write(const prometheus::MetricFamily& family);
  void Write(const std::vector<prometheus::MetricFamily>& families);

  // Writes a counter family whose samples are a stream.
  void WriteCounter(std::string_view name, std::string_view help,
                    const MakeSamples& make_samples);

  // Ends a sample whose name and labels are written: '} 17' and a newline.
  static void AppendValue(uint64_t value, std::string* out);

  // Ends the exposition. Nothing may be written after it.
  void Finish();

  // Appends `value`; backslash, quote and newline are escaped, NUL and invalid
  // UTF-8 become U+FFFD.
  static void AppendLabelValue(std::string_view value, std::string* out);

 private:
  // Writes HELP and TYPE. Returns false iff the family is already written or
  // not wanted.
  bool Head(std::string_view name, std::string_view help,
            prometheus::MetricType type);
  bool IsAsked(const std::string& stem, prometheus::MetricType type) const;
  void WriteHistogram(const std::string& name,
                      const prometheus::ClientMetric& metric);
  void WriteSummary(const std::string& name,
                    const prometheus::ClientMetric& metric);
  // The label that the family's type reserves ("le", "quantile"; "" for none)
  // and its value in this sample ("" for none).
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
  std::vector<LaterSamples>* later_;  // null: samples are written at once

  std::set<std::string, std::less<>> only_;      // empty: all
  std::set<std::string, std::less<>> families_;  // written so far
};

}  // namespace ntm
