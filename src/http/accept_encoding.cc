#include "ntm/http/accept_encoding.h"

#include <optional>

#include "ntm/exposition/accept_header.h"

namespace ntm {

bool PrefersGzip(std::string_view accept_encoding) {
  std::optional<int> gzip;
  std::optional<int> identity;
  std::optional<int> others;
  for (const AcceptRange& range : ParseAccept(accept_encoding)) {
    if (EqualsIgnoringCase(range.name, "gzip") ||
        EqualsIgnoringCase(range.name, "x-gzip")) {
      gzip = range.quality;
    } else if (EqualsIgnoringCase(range.name, "identity")) {
      identity = range.quality;
    } else if (range.name == "*") {
      others = range.quality;
    }
  }
  const int gzip_quality = gzip.value_or(others.value_or(0));
  return gzip_quality > 0 && gzip_quality >= identity.value_or(0);
}

}  // namespace ntm
