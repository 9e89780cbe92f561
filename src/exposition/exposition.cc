#include "ntm/exposition/exposition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

#include "family_message.h"
#include "metric_text.h"
#include "promised_samples.h"
#include "valid_labels.h"

namespace ntm {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr std::string_view kOwnPrefix = "ntm_";
constexpr std::string_view kTotal = "_total";

std::string_view TypeName(MetricType type, ExpositionFormat format) {
  switch (type) {
    case MetricType::Counter:
      return "counter";
    case MetricType::Gauge:
      return "gauge";
    case MetricType::Summary:
      return "summary";
    case MetricType::Histogram:
      return "histogram";
    case MetricType::Untyped:
      break;
  }
  return format == ExpositionFormat::kOpenMetrics ? "unknown" : "untyped";
}

std::string Text(double value) {
  std::string text;
  AppendNumber(value, &text);
  return text;
}

std::string WithTotal(std::string name) {
  if (!name.ends_with(kTotal)) {
    name += kTotal;
  }
  return name;
}

std::string WithoutTotal(std::string name) {
  if (name.ends_with(kTotal)) {
    name.resize(name.size() - kTotal.size());
  }
  return name;
}

}  // namespace

Exposition::Exposition(ExpositionFormat format, std::string_view prefix,
                       std::string* out, std::vector<LaterSamples>* later)
    : format_(format), prefix_(prefix), out_(out), later_(later) {}

void Exposition::Only(const std::vector<std::string>& names) {
  only_ = {names.begin(), names.end()};
}

bool Exposition::IsAsked(const std::string& stem, MetricType type) const {
  if (only_.empty() || only_.contains(stem)) return true;
  std::vector<std::string_view> endings;
  if (type == MetricType::Counter) endings = {kTotal};
  if (type == MetricType::Summary) endings = {"_sum", "_count"};
  if (type == MetricType::Histogram) endings = {"_bucket", "_sum", "_count"};
  return std::ranges::any_of(endings, [&](std::string_view ending) {
    return only_.contains(stem + std::string(ending));
  });
}

void Exposition::Write(const std::vector<MetricFamily>& families) {
  for (const MetricFamily& family : families) {
    Write(family);
  }
}

void Exposition::Write(const MetricFamily& family) { Write(family, {}); }

void Exposition::Write(const HistogramFamily& family) {
  Write(family.family, family.native);
}

void Exposition::Write(const MetricFamily& family,
                       const std::vector<NativeBuckets>& native) {
  if (family.metric.empty()) return;
  const auto names = Begin(family.name, family.type);
  if (!names) return;
  if (format_ == ExpositionFormat::kProtobuf) {
    const std::string samples =
        SampleMessages(family, native, counted_since_ns_);
    if (samples.empty()) return;
    AppendFamilyHead(names->family, family.help, family.type, samples.size(),
                     out_);
    out_->append(samples);
    return;
  }
  WriteHead(names->family, family.help, family.type);
  WriteLines(names->samples, family);
}

void Exposition::WriteLines(const std::string& name,
                            const MetricFamily& family) {
  for (const ClientMetric& metric : family.metric) {
    switch (family.type) {
      case MetricType::Counter:
        if (metric.counter.value >= 0) {
          Line(name, metric, {}, Text(metric.counter.value));
        }
        break;
      case MetricType::Gauge:
        Line(name, metric, {}, Text(metric.gauge.value));
        break;
      case MetricType::Untyped:
        Line(name, metric, {}, Text(metric.untyped.value));
        break;
      case MetricType::Summary:
        WriteSummary(name, metric);
        break;
      case MetricType::Histogram:
        WriteHistogram(name, metric);
        break;
    }
  }
}

void Exposition::WriteHistogram(const std::string& name,
                                const ClientMetric& metric) {
  const ClientMetric::Histogram& histogram = metric.histogram;
  const std::string count = std::to_string(histogram.sample_count);
  const std::string bucket_name = name + "_bucket";
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    if (!std::isnan(bucket.upper_bound) &&
        bucket.upper_bound != std::numeric_limits<double>::infinity()) {
      Line(bucket_name, metric, {"le", BoundText(bucket.upper_bound)},
           std::to_string(bucket.cumulative_count));
    }
  }
  Line(bucket_name, metric, {"le", "+Inf"}, count);
  Line(name + "_sum", metric, {"le", {}}, Text(histogram.sample_sum));
  Line(name + "_count", metric, {"le", {}}, count);
}

void Exposition::WriteSummary(const std::string& name,
                              const ClientMetric& metric) {
  const ClientMetric::Summary& summary = metric.summary;
  for (const ClientMetric::Quantile& quantile : summary.quantile) {
    if (!std::isnan(quantile.quantile)) {
      Line(name, metric, {"quantile", BoundText(quantile.quantile)},
           Text(quantile.value));
    }
  }
  Line(name + "_sum", metric, {"quantile", {}}, Text(summary.sample_sum));
  Line(name + "_count", metric, {"quantile", {}},
       std::to_string(summary.sample_count));
}

void Exposition::WriteCounter(std::string_view name, std::string_view help,
                              const MakeSamples& make_samples) {
  const auto names = Begin(name, MetricType::Counter);
  if (!names) return;
  std::unique_ptr<SampleStream> samples;
  if (format_ == ExpositionFormat::kProtobuf) {
    samples = BeginMessage(*names, help, make_samples);
    if (samples == nullptr) return;
  } else {
    WriteHead(names->family, help, MetricType::Counter);
    samples = make_samples({format_, names->samples});
  }
  if (later_ != nullptr) {
    later_->push_back({out_->size(), std::move(samples)});
    return;
  }
  while (samples->Append(std::numeric_limits<size_t>::max(), out_)) {
  }
}

std::unique_ptr<SampleStream> Exposition::BeginMessage(
    const Names& names, std::string_view help,
    const MakeSamples& make_samples) {
  const SampleForm form{format_, names.samples};
  const size_t bytes = BytesOf(make_samples(form).get());
  if (bytes == 0) return nullptr;
  AppendFamilyHead(names.family, help, MetricType::Counter, bytes, out_);
  return std::make_unique<PromisedSamples>(make_samples(form), bytes);
}

void Exposition::AppendValue(uint64_t value, std::string* out) {
  // "} ", 20 digits, "\n"
  std::array<char, 24> tail{'}', ' '};
  char* end =
      std::to_chars(tail.data() + 2, tail.data() + tail.size() - 1, value).ptr;
  *end++ = '\n';
  out->append(tail.data(), static_cast<size_t>(end - tail.data()));
}

void Exposition::Finish() {
  if (format_ == ExpositionFormat::kOpenMetrics) {
    out_->append("# EOF\n");
  }
}

void Exposition::AppendLabelValue(std::string_view value, std::string* out) {
  AppendEscaped(value, Escape::kWithQuotes, out);
}

std::optional<Exposition::Names> Exposition::Begin(std::string_view name,
                                                   MetricType type) {
  Names names;
  names.samples = names.family = Renamed(name);
  std::string stem = names.family;
  if (type == MetricType::Counter) {
    names.samples = names.family = WithTotal(std::move(names.family));
    stem = WithoutTotal(names.family);
    if (format_ == ExpositionFormat::kOpenMetrics) names.family = stem;
  }
  if (!IsAsked(stem, type) || !families_.insert(std::move(stem)).second) {
    return std::nullopt;
  }
  return names;
}

void Exposition::WriteHead(const std::string& name, std::string_view help,
                           MetricType type) {
  if (!help.empty()) {
    out_->append("# HELP ").append(name).push_back(' ');
    AppendEscaped(help,
                  format_ == ExpositionFormat::kOpenMetrics
                      ? Escape::kWithQuotes
                      : Escape::kWithoutQuotes,
                  out_);
    out_->push_back('\n');
  }
  out_->append("# TYPE ").append(name).push_back(' ');
  out_->append(TypeName(type, format_)).push_back('\n');
}

void Exposition::Line(std::string_view name, const ClientMetric& metric,
                      const Bound& bound, std::string_view value) {
  out_->append(name);
  AppendLabels(metric.label, bound);
  out_->push_back(' ');
  out_->append(value);
  AppendTimestamp(metric.timestamp_ms);
  out_->push_back('\n');
}

void Exposition::AppendLabels(const std::vector<ClientMetric::Label>& labels,
                              const Bound& bound) {
  char before = '{';
  for (const ValidLabel& label : ValidLabels(labels, bound.label)) {
    out_->push_back(before);
    out_->append(label.name).append("=\"");
    AppendLabelValue(label.value, out_);
    out_->push_back('"');
    before = ',';
  }
  if (!bound.value.empty()) {
    out_->push_back(before);
    out_->append(bound.label).append("=\"").append(bound.value).append("\"");
    before = ',';
  }
  if (before == ',') {
    out_->push_back('}');
  }
}

// Milliseconds in text 0.0.4, seconds in OpenMetrics; 0 means none.
void Exposition::AppendTimestamp(int64_t timestamp_ms) {
  if (timestamp_ms == 0) {
    return;
  }
  out_->push_back(' ');
  if (format_ == ExpositionFormat::kPrometheusText) {
    out_->append(std::to_string(timestamp_ms));
    return;
  }
  constexpr double kMillisecondsPerSecond = 1000.0;
  AppendNumber(static_cast<double>(timestamp_ms) / kMillisecondsPerSecond,
               out_);
}

// OpenMetrics requires canonical numbers in "le" and "quantile": whole ones end
// with ".0".
std::string Exposition::BoundText(double value) const {
  std::string number = Text(value);
  if (format_ == ExpositionFormat::kOpenMetrics && std::isfinite(value) &&
      number.find('.') == std::string::npos) {
    number += ".0";
  }
  return number;
}

std::string Exposition::Renamed(std::string_view name) const {
  if (name.starts_with(kOwnPrefix)) {
    return ValidMetricName(prefix_ + "_" +
                           std::string(name.substr(kOwnPrefix.size())));
  }
  return ValidMetricName(name);
}

}  // namespace ntm
