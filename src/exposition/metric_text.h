// Writes names, texts and numbers in the Prometheus text formats.
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

// Quotes are escaped in label values and in OpenMetrics' HELP, but must not be
// in the HELP of text 0.0.4.
enum class QuoteEscape { kYes, kNo };

// Appends `text`; backslash, newline and, if chosen, quote are escaped. NUL,
// at which Prometheus' parser ends its input, and invalid UTF-8 become U+FFFD.
void AppendEscaped(std::string_view text, QuoteEscape quotes, std::string* out);

// Appends the shortest decimal number without exponent that reads back as
// `value`, or NaN, +Inf, -Inf.
void AppendNumber(double value, std::string* out);

// Replaces each character that is invalid in a metric's or a label's name by
// "_", and puts "_" before a leading digit; an empty name becomes "_".
std::string ValidMetricName(std::string_view name);
std::string ValidLabelName(std::string_view name);

}  // namespace ntm
