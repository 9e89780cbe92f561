// Writes samples of a counter family as protobuf, for a SampleStream whose form
// is ExpositionFormat::kProtobuf.
//
// Numbers  protobuf has doubles only: above 2^53 a value is rounded.
// Threads  pure functions.
// Source   protobuf.dev "Encoding"; src/exposition/prometheus_client.proto.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace ntm {

struct MessageLabel {
  std::string_view name;   // a valid one
  std::string_view value;  // valid UTF-8, as from AppendValidText()
};

// Appends a sample to the samples of a family.
void AppendCounterMessage(std::span<const MessageLabel> labels, uint64_t value,
                          std::string* samples);

// Appends `text`; NUL and invalid UTF-8 become U+FFFD.
void AppendValidText(std::string_view text, std::string* out);

}  // namespace ntm
