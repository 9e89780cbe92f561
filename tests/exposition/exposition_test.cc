#include "ntm/exposition/exposition.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace ntm {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

constexpr auto kText = ExpositionFormat::kPrometheusText;
constexpr auto kOpen = ExpositionFormat::kOpenMetrics;
constexpr auto kProtobuf = ExpositionFormat::kProtobuf;

MetricFamily Family(std::string name, MetricType type,
                    std::vector<ClientMetric> metrics,
                    std::string help = "Help.") {
  return {std::move(name), std::move(help), type, std::move(metrics)};
}

ClientMetric Gauge(double value, std::vector<ClientMetric::Label> labels = {}) {
  ClientMetric metric;
  metric.label = std::move(labels);
  metric.gauge.value = value;
  return metric;
}

ClientMetric Counter(double value) {
  ClientMetric metric;
  metric.counter.value = value;
  return metric;
}

std::string Written(ExpositionFormat format,
                    const std::vector<MetricFamily>& families,
                    std::string_view prefix = "ntm") {
  std::string out;
  Exposition exposition(format, prefix, &out);
  exposition.Write(families);
  exposition.Finish();
  return out;
}

// The text of a gauge's value.
std::string Number(double value) {
  const std::string out =
      Written(kText, {Family("x", MetricType::Gauge, {Gauge(value)}, "")});
  const std::string head = "# TYPE x gauge\nx ";
  EXPECT_TRUE(out.starts_with(head)) << out;
  return out.substr(head.size(), out.size() - head.size() - 1);
}

// Samples with these labels and values, one in each call.
class FewSamples : public SampleStream {
 public:
  using Rows = std::vector<std::pair<std::string, uint64_t>>;

  FewSamples(std::string_view name, Rows rows)
      : name_(name), rows_(std::move(rows)) {}

  bool Append(size_t enough_bytes, std::string* out) override {
    EXPECT_LT(out->size(), enough_bytes);
    if (next_ == rows_.size()) return false;
    const auto& [labels, value] = rows_[next_++];
    out->append(name_).append("{").append(labels);
    Exposition::AppendValue(value, out);
    return next_ < rows_.size();
  }

 private:
  std::string name_;
  Rows rows_;
  size_t next_ = 0;
};

MakeSamples Few(const FewSamples::Rows& rows) {
  return [rows](const SampleForm& form) {
    return std::make_unique<FewSamples>(form.name, rows);
  };
}

std::string Escaped(std::string_view value) {
  std::string out;
  Exposition::AppendLabelValue(value, &out);
  return out;
}

TEST(ExpositionTest, WritesACounterAsTextWithHelpAndTypeOnce) {
  ClientMetric second = Counter(2);
  second.label = {{"a", "b"}, {"c", "d"}};
  EXPECT_EQ(Written(kText, {Family("ntm_x_total", MetricType::Counter,
                                   {Counter(1), second})}),
            "# HELP ntm_x_total Help.\n# TYPE ntm_x_total counter\n"
            "ntm_x_total 1\nntm_x_total{a=\"b\",c=\"d\"} 2\n");
}

TEST(ExpositionTest, NamesAnOpenMetricsCounterFamilyWithoutTotal) {
  EXPECT_EQ(Written(kOpen,
                    {Family("ntm_x_total", MetricType::Counter, {Counter(1)})}),
            "# HELP ntm_x Help.\n# TYPE ntm_x counter\nntm_x_total 1\n# EOF\n");
}

TEST(ExpositionTest, AddsAMissingTotalToACounter) {
  const auto family = Family("ntm_x", MetricType::Counter, {Counter(1)}, "");
  EXPECT_EQ(Written(kText, {family}),
            "# TYPE ntm_x_total counter\nntm_x_total 1\n");
  EXPECT_EQ(Written(kOpen, {family}),
            "# TYPE ntm_x counter\nntm_x_total 1\n# EOF\n");
}

TEST(ExpositionTest, WritesNothingForAFamilyWithoutSamples) {
  EXPECT_EQ(Written(kText, {Family("ntm_x", MetricType::Gauge, {})}), "");
  EXPECT_EQ(Written(kOpen, {}), "# EOF\n");
}

TEST(ExpositionTest, WritesSamplesExactToTheLargestInteger) {
  std::string out;
  Exposition exposition(kText, "ntm", &out);
  exposition.WriteCounter(
      "ntm_bytes_total", "Bytes.",
      Few({{"src=\"a\",dst=\"b\"", std::numeric_limits<uint64_t>::max()},
           {"src=\"c\"", 0}}));
  exposition.Finish();
  EXPECT_EQ(out,
            "# HELP ntm_bytes_total Bytes.\n# TYPE ntm_bytes_total counter\n"
            "ntm_bytes_total{src=\"a\",dst=\"b\"} 18446744073709551615\n"
            "ntm_bytes_total{src=\"c\"} 0\n");
}

TEST(ExpositionTest, LeavesSamplesForLaterAtTheirPlace) {
  std::string out;
  std::vector<LaterSamples> later;
  Exposition exposition(kText, "ntm", &out, &later);
  exposition.WriteCounter("ntm_a_total", "", Few({{"x=\"1\"", 1}}));
  exposition.WriteCounter("ntm_a_total", "", Few({{"x=\"2\"", 2}}));
  exposition.Write(Family("ntm_b", MetricType::Gauge, {Gauge(3)}, ""));
  exposition.Finish();
  const std::string head = "# TYPE ntm_a_total counter\n";
  EXPECT_EQ(out, head + "# TYPE ntm_b gauge\nntm_b 3\n");
  ASSERT_EQ(later.size(), 1U) << "no family is written twice";
  EXPECT_EQ(later[0].at, head.size());
  std::string samples;
  EXPECT_FALSE(later[0].samples->Append(100, &samples));
  EXPECT_EQ(samples, "ntm_a_total{x=\"1\"} 1\n");
}

TEST(ExpositionTest, LeavesOutStreamsThatAreNotAskedFor) {
  std::string out;
  std::vector<LaterSamples> later;
  Exposition exposition(kText, "ntm", &out, &later);
  exposition.Only({"ntm_b"});
  exposition.WriteCounter("ntm_a_total", "", Few({{"x=\"1\"", 1}}));
  EXPECT_EQ(out, "");
  EXPECT_TRUE(later.empty());
}

TEST(ExpositionTest, NamesOpenMetricsCountersOfStreamsLikeTheOthers) {
  std::string out;
  Exposition exposition(kOpen, "net", &out);
  exposition.WriteCounter("ntm_bytes_total", "", Few({{"a=\"b\"", 7}}));
  exposition.Finish();
  EXPECT_EQ(out,
            "# TYPE net_bytes counter\nnet_bytes_total{a=\"b\"} 7\n# EOF\n");
}

TEST(ExpositionTest, ReplacesOnlyALeadingNtmByThePrefix) {
  const auto gauge = [](const char* name) {
    return Family(name, MetricType::Gauge, {Gauge(1)}, "");
  };
  EXPECT_EQ(
      Written(kText, {gauge("ntm_a"), gauge("process_ntm_b"), gauge("ntmc")},
              "home:net"),
      "# TYPE home:net_a gauge\nhome:net_a 1\n"
      "# TYPE process_ntm_b gauge\nprocess_ntm_b 1\n"
      "# TYPE ntmc gauge\nntmc 1\n");
}

TEST(ExpositionTest, AppendsToTheString) {
  std::string out = "before\n";
  Exposition exposition(kText, "ntm", &out);
  exposition.Write(Family("x", MetricType::Gauge, {Gauge(1)}, ""));
  EXPECT_EQ(out, "before\n# TYPE x gauge\nx 1\n");
}

TEST(ExpositionTest, NeverWritesAnExponent) {
  EXPECT_EQ(Number(0), "0");
  EXPECT_EQ(Number(0.1), "0.1");
  EXPECT_EQ(Number(1e21), "1000000000000000000000");
  EXPECT_EQ(Number(9007199254740992.0), "9007199254740992");
  EXPECT_EQ(Number(1e-7), "0.0000001");
  EXPECT_EQ(Number(-2.5), "-2.5");
  for (const double extreme : {std::numeric_limits<double>::max(),
                               std::numeric_limits<double>::denorm_min(),
                               -std::numeric_limits<double>::min()}) {
    const std::string text = Number(extreme);
    EXPECT_EQ(text.find_first_of("eE"), std::string::npos) << text;
    EXPECT_EQ(std::strtod(text.c_str(), nullptr), extreme);
  }
}

TEST(ExpositionTest, WritesNanAndInfinityInTheFormatsForm) {
  EXPECT_EQ(Number(std::numeric_limits<double>::quiet_NaN()), "NaN");
  EXPECT_EQ(Number(std::numeric_limits<double>::infinity()), "+Inf");
  EXPECT_EQ(Number(-std::numeric_limits<double>::infinity()), "-Inf");
}

TEST(ExpositionTest, LeavesOutNegativeAndNanCounters) {
  EXPECT_EQ(
      Written(kText, {Family("x_total", MetricType::Counter,
                             {Counter(-1),
                              Counter(std::numeric_limits<double>::quiet_NaN()),
                              Counter(3)},
                             "")}),
      "# TYPE x_total counter\nx_total 3\n");
}

TEST(ExpositionTest, EscapesLabelValues) {
  EXPECT_EQ(Escaped("a\\b\"c\nd\re\tf"), "a\\\\b\\\"c\\nd\re\tf");
  EXPECT_EQ(Escaped(""), "");
}

TEST(ExpositionTest, ReplacesInvalidUtf8) {
  const std::string r = "\xEF\xBF\xBD";
  EXPECT_EQ(Escaped("gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80"),
            "gr\xC3\xBC\xC3\x9F \xE2\x82\xAC \xF0\x9F\x98\x80");
  EXPECT_EQ(Escaped("\xFF"), r);
  EXPECT_EQ(Escaped("a\x80z"), "a" + r + "z");
  EXPECT_EQ(Escaped("\xC0\xAF"), r + r) << "overlong";
  EXPECT_EQ(Escaped("\xE0\x80\x80"), r + r + r) << "overlong";
  EXPECT_EQ(Escaped("\xED\xA0\x80"), r + r + r) << "surrogate";
  EXPECT_EQ(Escaped("\xF4\x90\x80\x80"), r + r + r + r) << "past U+10FFFF";
  EXPECT_EQ(Escaped("\xE2\x82"), r) << "cut";
  EXPECT_EQ(Escaped("\xE2\x82\""), r + "\\\"") << "must not eat the quote";
  EXPECT_EQ(Escaped(std::string_view("a\0b", 3)), "a" + r + "b");
}

TEST(ExpositionTest, EscapesQuotesInTheHelpOfOpenMetricsOnly) {
  const auto family =
      Family("x", MetricType::Gauge, {Gauge(1)}, "a \"b\" \\ c\nd\xFF");
  EXPECT_EQ(Written(kText, {family}),
            "# HELP x a \"b\" \\\\ c\\nd\xEF\xBF\xBD\n# TYPE x gauge\nx 1\n");
  EXPECT_EQ(Written(kOpen, {family}),
            "# HELP x a \\\"b\\\" \\\\ c\\nd\xEF\xBF\xBD\n# TYPE x gauge\n"
            "x 1\n# EOF\n");
}

TEST(ExpositionTest, ReplacesInvalidCharactersInNames) {
  EXPECT_EQ(
      Written(
          kText,
          {Family("9 lives\n{", MetricType::Gauge,
                  {Gauge(1, {{"", "a"}, {"1:b-c", "d"}, {"__name__", "evil"}})},
                  "")}),
      "# TYPE _9_lives__ gauge\n_9_lives__{_=\"a\",_1_b_c=\"d\"} 1\n");
}

TEST(ExpositionTest, WritesNoLabelTwice) {
  EXPECT_EQ(
      Written(kText, {Family("x", MetricType::Gauge,
                             {Gauge(1, {{"a-b", "1"}, {"a_b", "2"}})}, "")}),
      "# TYPE x gauge\nx{a_b=\"1\"} 1\n");
}

TEST(ExpositionTest, WritesNoFamilyTwice) {
  std::string out;
  Exposition exposition(kText, "ntm", &out);
  exposition.Write(Family("ntm_x", MetricType::Gauge, {Gauge(1)}, ""));
  exposition.Write(Family("ntm_x", MetricType::Gauge, {Gauge(2)}, ""));
  exposition.WriteCounter("ntm_x_total", "", Few({{"a=\"b\"", 3}}));
  EXPECT_EQ(out, "# TYPE ntm_x gauge\nntm_x 1\n")
      << "in OpenMetrics both families would be named ntm_x";
}

MetricFamily HalvesFamily() {
  ClientMetric metric;
  metric.label = {{"a", "b"}, {"le", "reserved"}};
  metric.histogram.sample_count = 5;
  metric.histogram.sample_sum = 2.5;
  metric.histogram.bucket = {
      {1, 0.5}, {3, 2}, {4, std::numeric_limits<double>::quiet_NaN()}};
  return Family("h", MetricType::Histogram, {metric}, "");
}

TEST(ExpositionTest, WritesAHistogramAndAddsItsLastBucket) {
  EXPECT_EQ(Written(kText, {HalvesFamily()}),
            "# TYPE h histogram\n"
            "h_bucket{a=\"b\",le=\"0.5\"} 1\n"
            "h_bucket{a=\"b\",le=\"2\"} 3\n"
            "h_bucket{a=\"b\",le=\"+Inf\"} 5\n"
            "h_sum{a=\"b\"} 2.5\n"
            "h_count{a=\"b\"} 5\n");
}

TEST(ExpositionTest, WritesOpenMetricsBoundsAsCanonicalNumbers) {
  const std::string out = Written(kOpen, {HalvesFamily()});
  EXPECT_NE(out.find("le=\"0.5\"} 1\n"), std::string::npos) << out;
  EXPECT_NE(out.find("le=\"2.0\"} 3\n"), std::string::npos) << out;
  EXPECT_NE(out.find("le=\"+Inf\"} 5\n"), std::string::npos) << out;
}

TEST(ExpositionTest, DoesNotRepeatTheLastBucket) {
  MetricFamily family = HalvesFamily();
  family.metric[0].label.clear();
  family.metric[0].histogram.bucket = {
      {5, std::numeric_limits<double>::infinity()}};
  EXPECT_EQ(Written(kText, {family}),
            "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 5\nh_sum 2.5\n"
            "h_count 5\n");
}

TEST(ExpositionTest, WritesASummary) {
  ClientMetric metric;
  metric.summary.sample_count = 3;
  metric.summary.sample_sum = 6;
  metric.summary.quantile = {{0.5, 2}, {1, 3}};
  const auto family = Family("s", MetricType::Summary, {metric}, "");
  EXPECT_EQ(Written(kText, {family}),
            "# TYPE s summary\ns{quantile=\"0.5\"} 2\ns{quantile=\"1\"} 3\n"
            "s_sum 6\ns_count 3\n");
  EXPECT_EQ(Written(kOpen, {family}),
            "# TYPE s summary\ns{quantile=\"0.5\"} 2\ns{quantile=\"1.0\"} 3\n"
            "s_sum 6\ns_count 3\n# EOF\n");
}

TEST(ExpositionTest, CallsUntypedUnknownInOpenMetrics) {
  ClientMetric metric;
  metric.untyped.value = 4;
  const auto family = Family("u", MetricType::Untyped, {metric}, "");
  EXPECT_EQ(Written(kText, {family}), "# TYPE u untyped\nu 4\n");
  EXPECT_EQ(Written(kOpen, {family}), "# TYPE u unknown\nu 4\n# EOF\n");
}

TEST(ExpositionTest, WritesTimestampsInTheFormatsOwnUnit) {
  ClientMetric metric = Gauge(1);
  metric.timestamp_ms = 1700000000123;
  const auto family = Family("x", MetricType::Gauge, {metric}, "");
  EXPECT_EQ(Written(kText, {family}), "# TYPE x gauge\nx 1 1700000000123\n");
  EXPECT_EQ(Written(kOpen, {family}),
            "# TYPE x gauge\nx 1 1700000000.123\n# EOF\n");
}

struct AcceptCase {
  const char* name;
  const char* header;
  ExpositionFormat expected;
};

class NegotiateFormatTest : public testing::TestWithParam<AcceptCase> {};

TEST_P(NegotiateFormatTest, ChoosesTheBestSupportedFormat) {
  EXPECT_EQ(NegotiateFormat(GetParam().header), GetParam().expected)
      << GetParam().header;
}

INSTANTIATE_TEST_SUITE_P(
    Headers, NegotiateFormatTest,
    testing::Values(
        AcceptCase{"Nothing", "", kText},
        AcceptCase{"CurlAnything", "*/*", kText},
        AcceptCase{"Browser",
                   "text/html,application/xhtml+xml,application/xml;q=0.9,"
                   "*/*;q=0.8",
                   kText},
        AcceptCase{"Prometheus2x42",
                   "application/openmetrics-text;version=1.0.0,"
                   "application/openmetrics-text;version=0.0.1;q=0.75,"
                   "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                   kOpen},
        AcceptCase{"Prometheus2x30Draft",
                   "application/openmetrics-text; version=0.0.1,"
                   "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                   kText},
        AcceptCase{"Prometheus3",
                   "application/openmetrics-text;version=1.0.0;"
                   "escaping=allow-utf-8;q=0.6,"
                   "application/openmetrics-text;version=0.0.1;q=0.5,"
                   "text/plain;version=1.0.0;escaping=allow-utf-8;q=0.4,"
                   "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                   kOpen},
        AcceptCase{"Prometheus3Protobuf",
                   "application/vnd.google.protobuf;"
                   "proto=io.prometheus.client.MetricFamily;"
                   "encoding=delimited;q=0.7,"
                   "application/openmetrics-text;version=1.0.0;"
                   "escaping=allow-utf-8;q=0.6,"
                   "text/plain;version=0.0.4;q=0.3,*/*;q=0.2",
                   kProtobuf},
        AcceptCase{"Prometheus2x42NativeHistograms",
                   "application/vnd.google.protobuf;"
                   "proto=io.prometheus.client.MetricFamily;"
                   "encoding=delimited,"
                   "application/openmetrics-text;version=1.0.0;q=0.8,"
                   "application/openmetrics-text;version=0.0.1;q=0.75,"
                   "text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                   kProtobuf},
        AcceptCase{"ProtobufLessWanted",
                   "application/vnd.google.protobuf;"
                   "proto=io.prometheus.client.MetricFamily;"
                   "encoding=delimited;q=0.4,text/plain;q=0.5",
                   kText},
        AcceptCase{"ProtobufRefused",
                   "application/vnd.google.protobuf;"
                   "proto=io.prometheus.client.MetricFamily;"
                   "encoding=delimited;q=0",
                   kText},
        AcceptCase{"AnotherEncoding",
                   "application/vnd.google.protobuf;"
                   "proto=io.prometheus.client.MetricFamily;encoding=text,"
                   "text/plain;q=0.1",
                   kText},
        AcceptCase{"AnotherMessage",
                   "application/vnd.google.protobuf;proto=a.B;"
                   "encoding=delimited,text/plain;q=0.1",
                   kText},
        AcceptCase{"ProtobufWithoutParameters",
                   "application/vnd.google.protobuf", kText},
        AcceptCase{"AnythingButTextIsNotProtobuf",
                   "text/plain;q=0,application/openmetrics-text;q=0,*/*",
                   kText},
        AcceptCase{"TextPreferred",
                   "application/openmetrics-text;q=0.4,text/plain;q=0.5",
                   kText},
        AcceptCase{"OpenMetricsRefused", "application/openmetrics-text;q=0,*/*",
                   kText},
        AcceptCase{"TextRefused", "text/plain;q=0,*/*;q=0.1", kOpen},
        AcceptCase{"TheMoreExactRangeDecides",
                   "application/openmetrics-text;q=0.1,"
                   "application/openmetrics-text;version=1.0.0;q=0.9,"
                   "text/plain;q=0.5",
                   kOpen},
        AcceptCase{"EqualTheFirstNamed",
                   "application/openmetrics-text,text/plain", kOpen},
        AcceptCase{"EqualTheFirstNamedText",
                   "text/plain,application/openmetrics-text", kText},
        AcceptCase{"AnySubtype", "application/*", kOpen},
        AcceptCase{"CaseAndQuotesAndSpace",
                   "  Application/OpenMetrics-Text ; VERSION=\"1.0.0\" ; Q=1 "
                   ", text/plain ;q=0.9",
                   kOpen},
        AcceptCase{"AnotherCharset",
                   "application/openmetrics-text;charset=utf-16,"
                   "text/plain;q=0.1",
                   kText},
        AcceptCase{"UnknownVersionOnly",
                   "application/openmetrics-text;version=2.0.0", kText},
        AcceptCase{"MalformedQuality",
                   "application/openmetrics-text;q=high,text/plain;q=0.1",
                   kText},
        AcceptCase{"QualityAboveOne",
                   "application/openmetrics-text;q=1.5,text/plain;q=0.1",
                   kText},
        AcceptCase{"Thousandths",
                   "text/plain;q=0.998,application/openmetrics-text;q=0.999",
                   kOpen},
        AcceptCase{"Garbage", ",;=,\"application/openmetrics-text", kText}),
    [](const auto& each) { return std::string(each.param.name); });

TEST(NegotiateFormatTest, NamesItsContentTypes) {
  EXPECT_EQ(ContentType(kText), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(ContentType(kOpen),
            "application/openmetrics-text; version=1.0.0; charset=utf-8");
  EXPECT_EQ(ContentType(kProtobuf),
            "application/vnd.google.protobuf; "
            "proto=io.prometheus.client.MetricFamily; encoding=delimited");
}

TEST(ExpositionTest, SatisfiesPromtool) {
  if (std::system("command -v promtool >/dev/null 2>&1") != 0) {
    GTEST_SKIP() << "SKIPPED: promtool is not installed; the exposition was "
                    "not checked by Prometheus' own parser";
  }
  ClientMetric summary;
  summary.summary = {3, 6, {{0.5, 2}, {0.9, 3}}};
  ClientMetric untyped;
  untyped.untyped.value = 4;
  ClientMetric histogram;
  histogram.histogram = {5, 2.5, {{1, 0.5}, {3, 2}}};
  std::string out;
  Exposition exposition(kText, "net", &out);
  std::string labels = "name=\"";
  Exposition::AppendLabelValue("\xFF\"\\\n\xC3\xBC", &labels);
  labels += '"';
  exposition.WriteCounter(
      "ntm_bytes_total", "Bytes \\ \"so far\"\nin all.",
      Few({{labels, std::numeric_limits<uint64_t>::max()}}));
  exposition.Write({
      Family("ntm_up", MetricType::Gauge, {Gauge(1, {{"bad name", "a\nb"}})}),
      Family("ntm_errors", MetricType::Counter, {Counter(3)}),
      Family("ntm_size_bytes", MetricType::Summary, {summary}),
      Family("ntm_other", MetricType::Untyped, {untyped}),
      Family("ntm_duration_seconds", MetricType::Histogram, {histogram}),
  });
  exposition.Finish();
  std::FILE* const promtool = popen("promtool check metrics", "w");
  ASSERT_NE(promtool, nullptr);
  ASSERT_EQ(std::fwrite(out.data(), 1, out.size(), promtool), out.size());
  EXPECT_EQ(pclose(promtool), 0) << out;
}

}  // namespace
}  // namespace ntm
