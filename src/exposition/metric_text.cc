#include "metric_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "ntm/base/ascii.h"

namespace ntm {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Without an exponent the smallest double has 1 + 1 + 324 characters, the
// largest 309 digits; plus a sign.
constexpr size_t kMaxNumberText = 352;

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

struct Utf8Run {
  size_t size;  // at least 1
  bool valid;
};

// The multi-byte UTF-8 sequence at the start of `text` or, if it is malformed,
// the maximal subpart that one U+FFFD replaces. REQUIRES: not ASCII.
Utf8Run ReadUtf8(std::string_view text) {
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(text[i]); };
  const uint8_t lead = byte(0);
  size_t size = 0;
  uint8_t second_low = 0x80;
  uint8_t second_high = 0xBF;
  if (lead >= 0xC2 && lead <= 0xDF) {
    size = 2;
  } else if (lead >= 0xE0 && lead <= 0xEF) {
    size = 3;
    second_low = lead == 0xE0 ? 0xA0 : 0x80;
    second_high = lead == 0xED ? 0x9F : 0xBF;
  } else if (lead >= 0xF0 && lead <= 0xF4) {
    size = 4;
    second_low = lead == 0xF0 ? 0x90 : 0x80;
    second_high = lead == 0xF4 ? 0x8F : 0xBF;
  } else {
    return {1, false};
  }
  for (size_t i = 1; i < size; ++i) {
    const uint8_t low = i == 1 ? second_low : 0x80;
    const uint8_t high = i == 1 ? second_high : 0xBF;
    if (i >= text.size() || byte(i) < low || byte(i) > high) {
      return {i, false};
    }
  }
  return {size, true};
}

std::string ValidName(std::string_view name, bool allow_colon) {
  std::string valid;
  valid.reserve(name.size() + 1);
  if (name.empty() || IsDigit(name.front())) {
    valid += '_';
  }
  for (const char c : name) {
    const bool allowed = IsLetter(c) || IsDigit(c) || (allow_colon && c == ':');
    valid += allowed ? c : '_';
  }
  return valid;
}

}  // namespace

void AppendEscaped(std::string_view text, Escape escape, std::string* out) {
  const bool escapes = escape != Escape::kNothing;
  size_t written = 0;  // bytes of `text` that are in `out`
  const auto replace = [&](size_t at, size_t size, std::string_view by) {
    out->append(text.substr(written, at - written)).append(by);
    written = at + size;
  };
  for (size_t i = 0; i < text.size();) {
    const char c = text[i];
    size_t size = 1;
    if (static_cast<uint8_t>(c) >= 0x80) {
      const Utf8Run run = ReadUtf8(text.substr(i));
      size = run.size;
      if (!run.valid) {
        replace(i, size, kReplacement);
      }
    } else if (c == '\\' && escapes) {
      replace(i, 1, "\\\\");
    } else if (c == '\n' && escapes) {
      replace(i, 1, "\\n");
    } else if (c == '"' && escape == Escape::kWithQuotes) {
      replace(i, 1, "\\\"");
    } else if (c == '\0') {
      replace(i, 1, kReplacement);
    }
    i += size;
  }
  out->append(text.substr(written));
}

void AppendNumber(double value, std::string* out) {
  if (std::isnan(value)) {
    out->append("NaN");
    return;
  }
  if (std::isinf(value)) {
    out->append(value > 0 ? "+Inf" : "-Inf");
    return;
  }
  std::array<char, kMaxNumberText> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value,
                                 std::chars_format::fixed);
  out->append(text.data(), end.ptr);
}

std::string ValidMetricName(std::string_view name) {
  return ValidName(name, /*allow_colon=*/true);
}

std::string ValidLabelName(std::string_view name) {
  return ValidName(name, /*allow_colon=*/false);
}

}  // namespace ntm
