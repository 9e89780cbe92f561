// Writes names, texts and numbers as the Prometheus formats have them.
//
// Shape    no function can fail: what the format does not allow is replaced, so
//          that no input makes an exposition invalid.
// Threads  pure functions.
// Source   prometheus.io "Exposition formats" and "Data model"; Unicode 15
//          section 3.9 (U+FFFD substitution of maximal subparts).
#pragma once

#include <string>
#include <string_view>

namespace ntm {

// Label values and OpenMetrics' HELP are escaped with their quotes; in the HELP
// of text 0.0.4 quotes must not be escaped, and protobuf escapes nothing.
enum class Escape { kWithQuotes, kWithoutQuotes, kNothing };

// Appends `text`; backslash, newline and quote are escaped as chosen. NUL, at
// which Prometheus' parser ends its input, and invalid UTF-8 become U+FFFD.
void AppendEscaped(std::string_view text, Escape escape, std::string* out);

// Appends the shortest decimal number without exponent that reads back as
// `value`, or NaN, +Inf, -Inf.
void AppendNumber(double value, std::string* out);

// Replaces each character that is invalid in a metric's or a label's name by
// "_", and puts "_" before a leading digit; an empty name becomes "_".
std::string ValidMetricName(std::string_view name);
std::string ValidLabelName(std::string_view name);

}  // namespace ntm
