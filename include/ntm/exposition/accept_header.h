// Reads the Accept and Accept-Encoding headers of a request.
//
// Shape    a list of ranges, each a name, parameters and a quality; malformed
//          entries are left out, a malformed quality counts as 0.
// Threads  pure functions. What they return is valid as long as the header.
// Source   RFC 9110 sections 5.6, 12.4.2, 12.5.1 and 12.5.3.
#pragma once

#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace ntm {

// As written: names are compared without case.
struct AcceptRange {
  std::string_view name;  // "text/plain", "*/*", "gzip", "*"
  std::vector<std::pair<std::string_view, std::string_view>> parameters;
  int quality = 1000;  // in thousandths; 0 is a refusal

  // The parameter's value without quotes, or nothing. `wanted` in lower case.
  std::optional<std::string_view> Parameter(std::string_view wanted) const;
};

std::vector<AcceptRange> ParseAccept(std::string_view header);

// Returns true iff `a` and `b` differ in nothing but ASCII case.
bool EqualsIgnoringCase(std::string_view a, std::string_view b);

}  // namespace ntm
