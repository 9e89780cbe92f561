// Writes metric families as Prometheus text 0.0.4, OpenMetrics 1.0 or protobuf.
//
// Shape    callers pass full family names, for counters with _total (which is
//          added if it is missing); a leading "ntm_" is replaced by the chosen
//          prefix. HELP and TYPE once per family, then its samples. In
//          OpenMetrics a counter's family name has no _total, prometheus-cpp's
//          "untyped" is "unknown" and Finish() adds "# EOF". In protobuf each
//          family is a message after its length; only there histograms have
//          native buckets; a family all of whose samples are left out is, too.
// Numbers  in text, integers exact to 2^64-1 through WriteCounter(); doubles in
//          the shortest form that reads back the same, never with an exponent;
//          NaN, +Inf and -Inf as the format writes them. Protobuf has doubles:
//          a counter above 2^53 is rounded.
// Threads  not synchronised; one object per scrape.
// Errors   a protobuf message of more than 2 GiB throws ntm::Error. Else none:
//          one malformed line makes a scraper reject the whole exposition, so
//          every input gives valid output: label values and help are escaped;
//          invalid characters in names become "_"; a histogram without a +Inf
//          bucket gets one. Left out are a family that is already written, a
//          repeated label name, a negative or NaN counter and a bucket or
//          quantile at NaN.
// Source   prometheus.io "Exposition formats"; OpenMetrics 1.0.0;
//          src/exposition/prometheus_client.proto.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/exposition/histogram_family.h"

namespace ntm {

enum class ExpositionFormat { kPrometheusText, kOpenMetrics, kProtobuf };

// Chooses the format by the Accept header (RFC 9110 section 12.5.1): the higher
// quality wins, then the more specific range, then the first one. Text 0.0.4 if
// the header accepts none of them or is empty. Protobuf must be named with its
// parameters proto and encoding. OpenMetrics 0.0.1, a draft, is not supported.
ExpositionFormat NegotiateFormat(std::string_view accept_header);
// The Content-Type of the format.
std::string_view ContentType(ExpositionFormat format);

// The samples of one family, written piece by piece.
//
// Shape    lines of text, or messages as in sample_message.h. A stream that is
//          made anew has the same bytes: protobuf has the length of a family
//          before its samples, so they are written twice, first to be counted.
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

// How the samples of a stream are written.
struct SampleForm {
  ExpositionFormat format;
  std::string_view name;  // with which lines of text begin
};

using MakeSamples =
    std::function<std::unique_ptr<SampleStream>(const SampleForm& form)>;

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

  // When the counting of all HistogramFamily began, in ns since the epoch.
  void SetCountedSince(int64_t time_ns) { counted_since_ns_ = time_ns; }

  // Writes families of prometheus-cpp's model; one without samples is skipped.
  void Write(const prometheus::MetricFamily& family);
  void Write(const std::vector<prometheus::MetricFamily>& families);
  void Write(const HistogramFamily& family);

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
  // The name of a family and that of its samples.
  struct Names {
    std::string family;
    std::string samples;
  };

  // Nothing iff the family is already written or not asked for.
  std::optional<Names> Begin(std::string_view name,
                             prometheus::MetricType type);
  void WriteHead(const std::string& name, std::string_view help,
                 prometheus::MetricType type);
  void Write(const prometheus::MetricFamily& family,
             const std::vector<NativeBuckets>& native);
  void WriteLines(const std::string& name,
                  const prometheus::MetricFamily& family);
  // Writes the head of a message; the samples are to follow.
  std::unique_ptr<SampleStream> BeginMessage(const Names& names,
                                             std::string_view help,
                                             const MakeSamples& make_samples);
  bool IsAsked(const std::string& stem, prometheus::MetricType type) const;
  void WriteHistogram(const std::string& name,
                      const prometheus::ClientMetric& metric);
  void WriteSummary(const std::string& name,
                    const prometheus::ClientMetric& metric);
  // The label that the family's type reserves ("" for none) and its value in
  // this sample ("" for none).
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
  int64_t counted_since_ns_ = 0;      // 0: not known

  std::set<std::string, std::less<>> only_;      // empty: all
  std::set<std::string, std::less<>> families_;  // written so far
};

}  // namespace ntm
