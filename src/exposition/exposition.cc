#include "ntm/exposition/exposition.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

#include "metric_text.h"

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

void Exposition::Write(const MetricFamily& family) {
  if (family.metric.empty() || !Head(family.name, family.help, family.type)) {
    return;
  }
  const std::string name = Renamed(family.name);
  const std::string total_name = WithTotal(name);
  for (const ClientMetric& metric : family.metric) {
    switch (family.type) {
      case MetricType::Counter:
        if (metric.counter.value >= 0) {
          Line(total_name, metric, {}, Text(metric.counter.value));
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
  if (!Head(name, help, MetricType::Counter)) return;
  auto samples = make_samples(WithTotal(Renamed(name)));
  if (later_ != nullptr) {
    later_->push_back({out_->size(), std::move(samples)});
    return;
  }
  while (samples->Append(std::numeric_limits<size_t>::max(), out_)) {
  }
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
  AppendEscaped(value, QuoteEscape::kYes, out);
}

bool Exposition::Head(std::string_view name, std::string_view help,
                      MetricType type) {
  std::string family = Renamed(name);
  std::string stem = family;
  if (type == MetricType::Counter) {
    family = WithTotal(std::move(family));
    stem = WithoutTotal(family);
  }
  const bool open_metrics = format_ == ExpositionFormat::kOpenMetrics;
  const std::string& shown = open_metrics ? stem : family;
  if (!IsAsked(stem, type) || !families_.insert(stem).second) {
    return false;
  }
  if (!help.empty()) {
    out_->append("# HELP ").append(shown).push_back(' ');
    AppendEscaped(help, open_metrics ? QuoteEscape::kYes : QuoteEscape::kNo,
                  out_);
    out_->push_back('\n');
  }
  out_->append("# TYPE ").append(shown).push_back(' ');
  out_->append(TypeName(type, format_)).push_back('\n');
  return true;
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
  std::vector<std::string> written{"__name__"};
  if (!bound.label.empty()) {
    written.emplace_back(bound.label);
  }
  char before = '{';
  for (const ClientMetric::Label& label : labels) {
    std::string name = ValidLabelName(label.name);
    if (std::ranges::find(written, name) != written.end()) {
      continue;
    }
    out_->push_back(before);
    out_->append(name).append("=\"");
    AppendLabelValue(label.value, out_);
    out_->push_back('"');
    before = ',';
    written.push_back(std::move(name));
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
