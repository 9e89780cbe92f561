#include "family_message.h"

#include <prometheus_client.pb.h>

#include <cmath>
#include <limits>

#include "ntm/base/error.h"
#include "ntm/base/unix_time.h"
#include "ntm/exposition/sample_message.h"
#include "valid_labels.h"
#include "wire_format.h"

namespace ntm {
namespace {

namespace client = io::prometheus::client;

using prometheus::ClientMetric;
using prometheus::MetricType;

// A few empty buckets take less room than a new span.
constexpr int kMostEmptyBuckets = 2;

client::MetricType MessageType(MetricType type) {
  switch (type) {
    case MetricType::Counter:
      return client::COUNTER;
    case MetricType::Gauge:
      return client::GAUGE;
    case MetricType::Summary:
      return client::SUMMARY;
    case MetricType::Histogram:
      return client::HISTOGRAM;
    case MetricType::Untyped:
      break;
  }
  return client::UNTYPED;
}

// Appends native buckets to a message, in the order of their indices.
class PositiveBuckets {
 public:
  explicit PositiveBuckets(client::Histogram* histogram)
      : histogram_(histogram) {}

  void Add(int index, uint64_t count) {
    if (count == 0) return;
    const bool is_first = histogram_->positive_span_size() == 0;
    const int gap = index - next_;
    if (is_first || gap > kMostEmptyBuckets) {
      client::BucketSpan* const span = histogram_->add_positive_span();
      span->set_offset(gap);
      span->set_length(0);
    } else {
      for (int i = 0; i < gap; ++i) Append(0);
    }
    Append(static_cast<int64_t>(count));
    next_ = index + 1;
  }

 private:
  void Append(int64_t count) {
    client::BucketSpan* const span =
        histogram_->mutable_positive_span(histogram_->positive_span_size() - 1);
    span->set_length(span->length() + 1);
    histogram_->add_positive_delta(count - before_);
    before_ = count;
  }

  client::Histogram* histogram_;
  int next_ = 0;  // the index behind the last bucket
  int64_t before_ = 0;
};

void SetNative(const NativeBuckets& native, int64_t created_ns,
               client::Histogram* message) {
  message->set_schema(native.schema);
  message->set_zero_threshold(native.zero_threshold);
  message->set_zero_count(native.zero_count);
  PositiveBuckets buckets(message);
  int index = native.first;
  for (const uint64_t count : native.counts) buckets.Add(index++, count);
  // The last bucket of finite numbers ends at 2^1024.
  const int last =
      native.schema >= 0 ? 1024 << native.schema : 1024 >> -native.schema;
  buckets.Add(last + 1, native.above_count);
  if (created_ns == 0) return;
  client::Timestamp* const created = message->mutable_created_timestamp();
  created->set_seconds(created_ns / kNsPerSecond);
  created->set_nanos(static_cast<int32_t>(created_ns % kNsPerSecond));
}

void SetHistogram(const ClientMetric::Histogram& histogram,
                  client::Histogram* message) {
  message->set_sample_count(histogram.sample_count);
  message->set_sample_sum(histogram.sample_sum);
  for (const ClientMetric::Bucket& bucket : histogram.bucket) {
    if (std::isnan(bucket.upper_bound) ||
        bucket.upper_bound == std::numeric_limits<double>::infinity()) {
      continue;
    }
    client::Bucket* const own = message->add_bucket();
    own->set_cumulative_count(bucket.cumulative_count);
    own->set_upper_bound(bucket.upper_bound);
  }
}

void SetSummary(const ClientMetric::Summary& summary,
                client::Summary* message) {
  message->set_sample_count(summary.sample_count);
  message->set_sample_sum(summary.sample_sum);
  for (const ClientMetric::Quantile& quantile : summary.quantile) {
    if (std::isnan(quantile.quantile)) continue;
    client::Quantile* const own = message->add_quantile();
    own->set_quantile(quantile.quantile);
    own->set_value(quantile.value);
  }
}

// Returns false if the sample is to be left out.
bool SetValue(MetricType type, const ClientMetric& metric,
              client::Metric* message) {
  switch (type) {
    case MetricType::Counter:
      if (!(metric.counter.value >= 0)) return false;
      message->mutable_counter()->set_value(metric.counter.value);
      return true;
    case MetricType::Gauge:
      message->mutable_gauge()->set_value(metric.gauge.value);
      return true;
    case MetricType::Summary:
      SetSummary(metric.summary, message->mutable_summary());
      return true;
    case MetricType::Histogram:
      SetHistogram(metric.histogram, message->mutable_histogram());
      return true;
    case MetricType::Untyped:
      break;
  }
  message->mutable_untyped()->set_value(metric.untyped.value);
  return true;
}

void SetLabels(const ClientMetric& metric, std::string_view reserved,
               client::Metric* message) {
  for (const ValidLabel& label : ValidLabels(metric.label, reserved)) {
    client::LabelPair* const pair = message->add_label();
    pair->set_name(label.name);
    AppendValidText(label.value, pair->mutable_value());
  }
}

}  // namespace

void AppendFamilyHead(std::string_view name, std::string_view help,
                      MetricType type, size_t samples_bytes, std::string* out) {
  client::MetricFamily head;
  head.set_name(std::string(name));
  if (!help.empty()) AppendValidText(help, head.mutable_help());
  head.set_type(MessageType(type));
  const size_t bytes = head.ByteSizeLong() + samples_bytes;
  if (bytes > std::numeric_limits<int32_t>::max()) {
    throw Error("family " + std::string(name) + " has " +
                std::to_string(bytes) +
                " bytes, more than a protobuf message may have; let the "
                "scraper ask for text, or lower --max-series");
  }
  AppendVarint(static_cast<uint32_t>(bytes), out);
  head.AppendToString(out);
}

std::string SampleMessages(const prometheus::MetricFamily& family,
                           const std::vector<NativeBuckets>& native,
                           int64_t created_ns) {
  std::string samples;
  client::Metric message;
  for (size_t i = 0; i < family.metric.size(); ++i) {
    const ClientMetric& metric = family.metric[i];
    message.Clear();
    if (!SetValue(family.type, metric, &message)) continue;
    SetLabels(metric, ReservedLabel(family.type), &message);
    if (i < native.size()) {
      SetNative(native[i], created_ns, message.mutable_histogram());
    }
    if (metric.timestamp_ms != 0) message.set_timestamp_ms(metric.timestamp_ms);
    AppendTag(client::MetricFamily::kMetricFieldNumber, &samples);
    AppendVarint(static_cast<uint32_t>(message.ByteSizeLong()), &samples);
    message.AppendToString(&samples);
  }
  return samples;
}

}  // namespace ntm
