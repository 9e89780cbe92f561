#include "ntm/exposition/sample_message.h"

#include <google/protobuf/io/coded_stream.h>
#include <prometheus_client.pb.h>

#include <algorithm>
#include <cstddef>

#include "metric_text.h"
#include "wire_format.h"

namespace ntm {
namespace {

namespace client = io::prometheus::client;

using google::protobuf::internal::WireFormatLite;
using google::protobuf::io::CodedOutputStream;

// Tag, double.
constexpr size_t kCounterBytes = 1 + sizeof(double);

// Tag, length, content. All tags of a sample are of one byte.
size_t FieldBytes(size_t content_bytes) {
  return 1 +
         CodedOutputStream::VarintSize32(static_cast<uint32_t>(content_bytes)) +
         content_bytes;
}

size_t PairBytes(const MessageLabel& label) {
  return FieldBytes(label.name.size()) + FieldBytes(label.value.size());
}

uint8_t* PutHead(int field, size_t content_bytes, uint8_t* at) {
  *at++ = static_cast<uint8_t>(LengthTag(field));
  return CodedOutputStream::WriteVarint32ToArray(
      static_cast<uint32_t>(content_bytes), at);
}

uint8_t* PutText(int field, std::string_view text, uint8_t* at) {
  return std::ranges::copy(text, PutHead(field, text.size(), at)).out;
}

static_assert(LengthTag(client::MetricFamily::kMetricFieldNumber) < 0x80 &&
              LengthTag(client::LabelPair::kValueFieldNumber) < 0x80 &&
              LengthTag(client::Metric::kCounterFieldNumber) < 0x80);

}  // namespace

void AppendCounterMessage(std::span<const MessageLabel> labels, uint64_t value,
                          std::string* samples) {
  size_t bytes = FieldBytes(kCounterBytes);
  for (const MessageLabel& label : labels) {
    bytes += FieldBytes(PairBytes(label));
  }
  const size_t before = samples->size();
  samples->resize(before + FieldBytes(bytes));
  auto* at = reinterpret_cast<uint8_t*>(samples->data() + before);
  at = PutHead(client::MetricFamily::kMetricFieldNumber, bytes, at);
  for (const MessageLabel& label : labels) {
    at = PutHead(client::Metric::kLabelFieldNumber, PairBytes(label), at);
    at = PutText(client::LabelPair::kNameFieldNumber, label.name, at);
    at = PutText(client::LabelPair::kValueFieldNumber, label.value, at);
  }
  at = PutHead(client::Metric::kCounterFieldNumber, kCounterBytes, at);
  WireFormatLite::WriteDoubleToArray(client::Counter::kValueFieldNumber,
                                     static_cast<double>(value), at);
}

void AppendValidText(std::string_view text, std::string* out) {
  AppendEscaped(text, Escape::kNothing, out);
}

}  // namespace ntm
