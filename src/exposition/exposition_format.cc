#include <array>
#include <cstddef>
#include <tuple>

#include "ntm/exposition/accept_header.h"
#include "ntm/exposition/exposition.h"

namespace ntm {
namespace {

struct OfferedParameter {
  std::string_view name;
  std::string_view value;
};

struct Offer {
  ExpositionFormat format;
  std::string_view type;
  std::string_view subtype;
  std::array<OfferedParameter, 2> parameters;
  // A range that leaves out a parameter, or the type, does not mean this offer.
  bool must_be_named;
  std::string_view content_type;
};

// The first one is the default.
constexpr std::array<Offer, 3> kOffers{{
    {ExpositionFormat::kPrometheusText,
     "text",
     "plain",
     {{{"version", "0.0.4"}, {"charset", "utf-8"}}},
     false,
     "text/plain; version=0.0.4; charset=utf-8"},
    {ExpositionFormat::kOpenMetrics,
     "application",
     "openmetrics-text",
     {{{"version", "1.0.0"}, {"charset", "utf-8"}}},
     false,
     "application/openmetrics-text; version=1.0.0; charset=utf-8"},
    {ExpositionFormat::kProtobuf,
     "application",
     "vnd.google.protobuf",
     {{{"proto", "io.prometheus.client.MetricFamily"},
       {"encoding", "delimited"}}},
     true,
     "application/vnd.google.protobuf; "
     "proto=io.prometheus.client.MetricFamily; encoding=delimited"},
}};

// How specifically `range` matches `offer`; 0: not at all. Parameters that the
// offer does not have are ignored (`escaping`: ntm's names are the same in
// every scheme).
int Exactness(const AcceptRange& range, const Offer& offer) {
  const size_t slash = range.name.find('/');
  if (slash == std::string_view::npos) {
    return range.name == "*" && !offer.must_be_named ? 1 : 0;
  }
  const std::string_view type = range.name.substr(0, slash);
  const std::string_view subtype = range.name.substr(slash + 1);
  if (subtype == "*" && !offer.must_be_named) {
    return type == "*" ? 1 : EqualsIgnoringCase(type, offer.type) ? 2 : 0;
  }
  if (!EqualsIgnoringCase(type, offer.type) ||
      !EqualsIgnoringCase(subtype, offer.subtype)) {
    return 0;
  }
  int exactness = 3;
  for (const OfferedParameter& offered : offer.parameters) {
    const auto wanted = range.Parameter(offered.name);
    if (wanted ? !EqualsIgnoringCase(*wanted, offered.value)
               : offer.must_be_named) {
      return 0;
    }
    if (wanted) ++exactness;
  }
  return exactness;
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
