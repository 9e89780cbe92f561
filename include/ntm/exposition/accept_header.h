// Parses the Accept and Accept-Encoding headers of a request.
//
// Shape    a list of ranges, each with a name, parameters and a quality;
//          malformed entries are skipped, a malformed quality counts as 0.
// Threads  pure functions. The result refers to the header's text.
// Source   RFC 9110 sections 5.6, 12.4.2, 12.5.1 and 12.5.3.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace ntm {

// The texts are as in the header; names are case-insensitive.
struct AcceptRange {
  std::string_view name;  // "text/plain", "*/*", "gzip", "*"
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  int quality = 1000;  // in thousandths; 0 means not acceptable

  // The parameter's value without quotes, or nothing.
  std::optional<std::string_view> Parameter(std::string_view wanted) const;
};

std::vector<AcceptRange> ParseAccept(std::string_view header);

// Compares without ASCII case.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace ntm
