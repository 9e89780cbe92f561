// Names, texts and numbers as the Prometheus text formats write them.
//
// Shape    each appends to `out` and cannot fail: what the format has no room
//          for is replaced, so that no input makes an exposition unreadable.
// Threads  pure functions.
// Source   prometheus.io "Exposition formats" and "Data model"; Unicode 15
//          section 3.9 (U+FFFD substitution of maximal subparts).
#pragma once

#include <string>
#include <string_view>

namespace ntm {

// Quotes need a backslash in label values and in OpenMetrics' HELP, and must
// not have one in the HELP of text 0.0.4.
enum class QuoteEscape { kYes, kNo };

// Appends `text` with backslash, newline and (as asked) quote escaped. NUL,
// which ends the input of Prometheus' parser, and bytes that are not UTF-8
// become U+FFFD.
void AppendEscaped(std::string_view text, QuoteEscape quotes, std::string* out);

// Appends the shortest decimal without exponent that reads back as `value`, or
// NaN, +Inf, -Inf.
void AppendNumber(double value, std::string* out);

// `name` with each character that a metric's or a label's name cannot hold
// replaced by "_", and "_" before a leading digit or for nothing at all.
std::string ValidMetricName(std::string_view name);
std::string ValidLabelName(std::string_view name);

}  // namespace ntm
