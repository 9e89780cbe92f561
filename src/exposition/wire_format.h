// Writes parts of a protobuf message that come before their content.
//
// Threads  pure functions.
// Source   protobuf.dev "Encoding".
#pragma once

#include <google/protobuf/wire_format_lite.h>

#include <cstdint>
#include <string>

namespace ntm {

inline void AppendVarint(uint32_t value, std::string* out) {
  for (; value >= 0x80; value >>= 7) {
    out->push_back(static_cast<char>(value | 0x80));
  }
  out->push_back(static_cast<char>(value));
}

// The tag of a field that is a message or a text: its length follows.
constexpr uint32_t LengthTag(int field) {
  return google::protobuf::internal::WireFormatLite::MakeTag(
      field,
      google::protobuf::internal::WireFormatLite::WIRETYPE_LENGTH_DELIMITED);
}

inline void AppendTag(int field, std::string* out) {
  AppendVarint(LengthTag(field), out);
}

}  // namespace ntm
