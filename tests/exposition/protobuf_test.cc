#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "family_messages.h"
#include "ntm/base/error.h"
#include "ntm/exposition/exposition.h"
#include "ntm/exposition/family.h"
#include "ntm/exposition/sample_message.h"

namespace ntm {
namespace {

namespace client = io::prometheus::client;

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::vector<client::MetricFamily> Messages(
    const std::vector<prometheus::MetricFamily>& families,
    std::string_view prefix = "ntm") {
  std::string out;
  Exposition exposition(ExpositionFormat::kProtobuf, prefix, &out);
  exposition.Write(families);
  exposition.Finish();
  return test::ReadFamilies(out);
}

std::map<std::string, std::string> LabelsOf(const client::Metric& metric) {
  std::map<std::string, std::string> labels;
  for (const client::LabelPair& pair : metric.label()) {
    EXPECT_TRUE(labels.emplace(pair.name(), pair.value()).second);
  }
  return labels;
}

prometheus::MetricFamily TimesFamily(
    prometheus::ClientMetric::Histogram times) {
  prometheus::MetricFamily family;
  family.name = "ntm_times_seconds";
  family.type = prometheus::MetricType::Histogram;
  family.metric.emplace_back().histogram = std::move(times);
  family.metric[0].label = {{"le", "reserved"}, {"a", "b"}};
  return family;
}

// {index: count} of the native buckets above zero.
std::map<int, int64_t> BucketsOf(const client::Histogram& histogram) {
  std::map<int, int64_t> buckets;
  int index = 0;
  int delta = 0;
  int64_t count = 0;
  for (const client::BucketSpan& span : histogram.positive_span()) {
    index += span.offset();
    for (uint32_t i = 0; i < span.length(); ++i) {
      count += histogram.positive_delta(delta++);
      EXPECT_GE(count, 0);
      if (count != 0) buckets[index] = count;
      ++index;
    }
  }
  EXPECT_EQ(delta, histogram.positive_delta_size());
  return buckets;
}

client::Histogram Native(const NativeBuckets& native, int64_t since_ns = 0) {
  HistogramFamily family;
  family.family = TimesFamily({3, 2.5, {{1, 0.5}}});
  family.native = {native};
  std::string out;
  Exposition exposition(ExpositionFormat::kProtobuf, "ntm", &out);
  exposition.SetCountedSince(since_ns);
  exposition.Write(family);
  return test::ReadFamilies(out).at(0).metric(0).histogram();
}

// One message in each call.
class FewMessages : public SampleStream {
 public:
  explicit FewMessages(std::vector<uint64_t> values)
      : values_(std::move(values)) {}

  bool Append(size_t /*enough_bytes*/, std::string* out) override {
    if (next_ == values_.size()) return false;
    const std::string text(next_ * 100, 'x');
    AppendCounterMessage(std::array{MessageLabel{"n", text}}, values_[next_++],
                         out);
    return next_ < values_.size();
  }

 private:
  std::vector<uint64_t> values_;
  size_t next_ = 0;
};

MakeSamples FewCounted(const std::vector<uint64_t>& values) {
  return [values](const SampleForm& form) {
    EXPECT_EQ(form.format, ExpositionFormat::kProtobuf);
    return std::make_unique<FewMessages>(values);
  };
}

TEST(ProtobufTest, HasTheTypesOfPrometheusCppsModel) {
  prometheus::MetricFamily summary;
  summary.name = "s";
  summary.type = prometheus::MetricType::Summary;
  summary.metric.emplace_back().summary = {3, 6, {{0.5, 2}, {kNan, 3}}};
  prometheus::MetricFamily untyped;
  untyped.name = "u";
  untyped.type = prometheus::MetricType::Untyped;
  untyped.metric.emplace_back().untyped.value = 4;
  auto counter = CounterFamily("ntm_c", "Help \"c\"\n.");
  AddSample(&counter, {{"a", "b"}}, 0);
  auto gauge = GaugeFamily("ntm_g", "");
  AddSample(&gauge, {}, -2.5);
  gauge.metric[0].timestamp_ms = 1700000000123;

  const auto families = Messages({counter, gauge, summary, untyped}, "net");
  ASSERT_EQ(families.size(), 4U);
  EXPECT_EQ(families[0].name(), "net_c_total");
  EXPECT_EQ(families[0].help(), "Help \"c\"\n.");
  EXPECT_EQ(families[0].type(), client::COUNTER);
  EXPECT_EQ(LabelsOf(families[0].metric(0)).at("a"), "b");
  EXPECT_TRUE(families[0].metric(0).counter().has_value());
  EXPECT_EQ(families[0].metric(0).counter().value(), 0);
  EXPECT_EQ(families[1].type(), client::GAUGE);
  EXPECT_FALSE(families[1].has_help());
  EXPECT_EQ(families[1].metric(0).gauge().value(), -2.5);
  EXPECT_EQ(families[1].metric(0).timestamp_ms(), 1700000000123);
  EXPECT_EQ(families[2].type(), client::SUMMARY);
  EXPECT_EQ(families[2].metric(0).summary().sample_count(), 3U);
  EXPECT_EQ(families[2].metric(0).summary().sample_sum(), 6);
  ASSERT_EQ(families[2].metric(0).summary().quantile_size(), 1);
  EXPECT_EQ(families[2].metric(0).summary().quantile(0).value(), 2);
  EXPECT_EQ(families[3].type(), client::UNTYPED);
  EXPECT_EQ(families[3].metric(0).untyped().value(), 4);
}

TEST(ProtobufTest, ReplacesWhatIsInvalidAndEscapesNothing) {
  auto gauge = GaugeFamily("9 lives", "\xFF");
  AddSample(
      &gauge,
      {{"bad-name", "\xFF\"\\\n"}, {"bad_name", "again"}, {"__name__", "evil"}},
      kNan);
  const client::MetricFamily family = Messages({gauge}).at(0);
  EXPECT_EQ(family.name(), "_9_lives");
  EXPECT_EQ(family.help(), "\xEF\xBF\xBD");
  const std::map<std::string, std::string> expected = {
      {"bad_name", "\xEF\xBF\xBD\"\\\n"}};
  EXPECT_EQ(LabelsOf(family.metric(0)), expected);
  EXPECT_TRUE(std::isnan(family.metric(0).gauge().value()));
}

TEST(ProtobufTest, LeavesOutWhatTheTextLeavesOut) {
  auto counter = CounterFamily("c_total", "");
  AddSample(&counter, {}, kNan);
  EXPECT_TRUE(Messages({counter}).empty()) << "a family without samples";
  AddSample(&counter, {{"a", "b"}}, 3);
  const auto families = Messages({counter, counter});
  ASSERT_EQ(families.size(), 1U) << "written twice";
  EXPECT_EQ(families[0].metric_size(), 1);
}

TEST(ProtobufTest, AClassicHistogramKeepsItsBuckets) {
  const client::MetricFamily family =
      Messages({TimesFamily({5,
                             2.5,
                             {{1, 0.5},
                              {3, 2},
                              {4, kNan},
                              {5, std::numeric_limits<double>::infinity()}}})})
          .at(0);
  EXPECT_EQ(family.type(), client::HISTOGRAM);
  const client::Metric& metric = family.metric(0);
  EXPECT_EQ(LabelsOf(metric).size(), 1U) << "le is reserved";
  EXPECT_EQ(metric.histogram().sample_count(), 5U);
  EXPECT_EQ(metric.histogram().sample_sum(), 2.5);
  ASSERT_EQ(metric.histogram().bucket_size(), 2);
  EXPECT_EQ(metric.histogram().bucket(1).cumulative_count(), 3U);
  EXPECT_EQ(metric.histogram().bucket(1).upper_bound(), 2);
  EXPECT_FALSE(metric.histogram().has_schema()) << "it is not native";
  EXPECT_FALSE(metric.histogram().has_zero_threshold());
}

TEST(ProtobufTest, NativeBucketsAreSpansOfDifferences) {
  NativeBuckets native{4, 0.0625, 7, -3, {2, 0, 0, 5, 1, 0, 0, 0, 4}, 0};
  const client::Histogram histogram = Native(native);
  EXPECT_EQ(histogram.schema(), 4);
  EXPECT_EQ(histogram.zero_threshold(), 0.0625);
  EXPECT_EQ(histogram.zero_count(), 7U);
  EXPECT_EQ(histogram.bucket_size(), 1) << "the classic ones are there, too";
  const std::map<int, int64_t> expected = {{-3, 2}, {0, 5}, {1, 1}, {5, 4}};
  EXPECT_EQ(BucketsOf(histogram), expected);
  EXPECT_EQ(histogram.positive_span_size(), 2)
      << "two empty buckets are in a span, three are not";
  EXPECT_FALSE(histogram.has_created_timestamp());
}

TEST(ProtobufTest, WhatIsAboveAllBucketsIsInTheInfiniteOne) {
  const std::map<int, int64_t> expected = {{0, 1}, {(1024 << 4) + 1, 3}};
  EXPECT_EQ(BucketsOf(Native({4, 0.1, 0, 0, {1}, 3})), expected);
}

TEST(ProtobufTest, AnEmptyHistogramIsStillNative) {
  const client::Histogram histogram = Native({4, 0.0625, 0, 0, {}, 0});
  EXPECT_EQ(histogram.zero_threshold(), 0.0625);
  EXPECT_EQ(histogram.positive_span_size(), 0);
}

TEST(ProtobufTest, NativeHistogramsTellWhenCountingBegan) {
  const auto created = Native({4, 0.1, 0, 0, {1}, 0}, 1'700'000'000'000'000'123)
                           .created_timestamp();
  EXPECT_EQ(created.seconds(), 1'700'000'000);
  EXPECT_EQ(created.nanos(), 123);
}

TEST(ProtobufTest, StreamsFollowTheLengthOfTheirFamily) {
  std::string out;
  std::vector<LaterSamples> later;
  Exposition exposition(ExpositionFormat::kProtobuf, "ntm", &out, &later);
  const std::vector<uint64_t> values = {1, uint64_t{1} << 53, 0};
  exposition.WriteCounter("ntm_a", "Help.", FewCounted(values));
  exposition.WriteCounter("ntm_empty", "", FewCounted({}));
  auto behind = GaugeFamily("ntm_behind", "");
  AddSample(&behind, {}, 1);
  exposition.Write(behind);
  ASSERT_EQ(later.size(), 1U);
  std::string samples;
  while (later[0].samples->Append(1, &samples)) {
  }
  out.insert(later[0].at, samples);

  const auto families = test::ReadFamilies(out);
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name(), "ntm_a_total");
  ASSERT_EQ(families[0].metric_size(), 3);
  for (int i = 0; i < 3; ++i) {
    const client::Metric& metric = families[0].metric(i);
    EXPECT_EQ(LabelsOf(metric).at("n").size(), size_t(i) * 100);
    EXPECT_EQ(metric.counter().value(),
              static_cast<double>(values[static_cast<size_t>(i)]));
  }
  EXPECT_EQ(families[1].name(), "ntm_behind");
}

TEST(ProtobufTest, SamplesThatChangeBetweenThePassesAreAnError) {
  std::string out;
  std::vector<LaterSamples> later;
  Exposition exposition(ExpositionFormat::kProtobuf, "ntm", &out, &later);
  size_t samples = 2;
  exposition.WriteCounter("ntm_fewer", "", [&](const SampleForm&) {
    return std::make_unique<FewMessages>(std::vector<uint64_t>(samples--));
  });
  samples = 1;
  exposition.WriteCounter("ntm_more", "", [&](const SampleForm&) {
    return std::make_unique<FewMessages>(std::vector<uint64_t>(samples++));
  });
  ASSERT_EQ(later.size(), 2U);
  for (const LaterSamples& each : later) {
    std::string read;
    EXPECT_THROW(while (each.samples->Append(1000, &read)){}, Error);
  }
}

TEST(ProtobufTest, OnlyAskedFamiliesAreWritten) {
  std::string out;
  Exposition exposition(ExpositionFormat::kProtobuf, "ntm", &out);
  exposition.Only({"ntm_a_total", "ntm_times_seconds_bucket"});
  exposition.WriteCounter("ntm_a", "", FewCounted({1}));
  exposition.WriteCounter("ntm_b", "", FewCounted({1}));
  exposition.Write(TimesFamily({}));
  const auto families = test::ReadFamilies(out);
  ASSERT_EQ(families.size(), 2U);
  EXPECT_EQ(families[0].name(), "ntm_a_total");
  EXPECT_EQ(families[1].name(), "ntm_times_seconds");
}

}  // namespace
}  // namespace ntm
