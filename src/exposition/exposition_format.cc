#include <array>
#include <cstddef>
#include <tuple>

#include "ntm/exposition/accept_header.h"
#include "ntm/exposition/exposition.h"

namespace ntm {
namespace {

struct Offer {
  ExpositionFormat format;
  std::string_view type;
  std::string_view subtype;
  std::string_view version;
  std::string_view content_type;
};

// The first one is the default.
constexpr std::array<Offer, 2> kOffers{{
    {ExpositionFormat::kPrometheusText, "text", "plain", "0.0.4",
     "text/plain; version=0.0.4; charset=utf-8"},
    {ExpositionFormat::kOpenMetrics, "application", "openmetrics-text", "1.0.0",
     "application/openmetrics-text; version=1.0.0; charset=utf-8"},
}};

// How specifically `range` matches `offer`; 0: not at all. Parameters other
// than version and charset are ignored (`escaping`: ntm's names are the same in
// every scheme).
int Exactness(const AcceptRange& range, const Offer& offer) {
  const size_t slash = range.name.find('/');
  if (slash == std::string_view::npos) {
    return range.name == "*" ? 1 : 0;
  }
  const std::string_view type = range.name.substr(0, slash);
  const std::string_view subtype = range.name.substr(slash + 1);
  if (subtype == "*") {
    return type == "*" ? 1 : EqualsIgnoringCase(type, offer.type) ? 2 : 0;
  }
  const auto version = range.Parameter("version");
  const auto charset = range.Parameter("charset");
  if (!EqualsIgnoringCase(type, offer.type) ||
      !EqualsIgnoringCase(subtype, offer.subtype) ||
      (version && *version != offer.version) ||
      (charset && !EqualsIgnoringCase(*charset, "utf-8"))) {
    return 0;
  }
  return 3 + (version ? 1 : 0) + (charset ? 1 : 0);
}

// Compared in this order.
struct Preference {
  int quality = 0;
  int exactness = 0;
  int earliness = 0;

  bool operator>(const Preference& other) const {
    return std::tie(quality, exactness, earliness) >
           std::tie(other.quality, other.exactness, other.earliness);
  }
};

// RFC 9110 section 12.5.1: only the most specific matching range counts.
Preference PreferenceFor(const Offer& offer,
                         const std::vector<AcceptRange>& ranges) {
  Preference found;
  int earliness = 0;
  for (const AcceptRange& range : ranges) {
    --earliness;
    const int exactness = Exactness(range, offer);
    if (exactness > found.exactness) {
      found = {range.quality, exactness, earliness};
    }
  }
  return found;
}

}  // namespace

ExpositionFormat NegotiateFormat(std::string_view accept_header) {
  const std::vector<AcceptRange> ranges = ParseAccept(accept_header);
  const Offer* best = &kOffers.front();
  Preference best_preference;
  for (const Offer& offer : kOffers) {
    const Preference preference = PreferenceFor(offer, ranges);
    if (preference.quality > 0 && preference > best_preference) {
      best = &offer;
      best_preference = preference;
    }
  }
  return best->format;
}

std::string_view ContentType(ExpositionFormat format) {
  for (const Offer& offer : kOffers) {
    if (offer.format == format) {
      return offer.content_type;
    }
  }
  return kOffers.front().content_type;
}

}  // namespace ntm
