#include "ntm/flow/traffic_class.h"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "ntm/base/whole_number.h"

namespace ntm {
namespace {

constexpr size_t kPortCount = 65536;

struct Usual {
  ClassId id;
  const char* name;
  const char* ports;
  const char* dscps;
};
constexpr std::array kUsual = {
    Usual{kNoClass, "", "", ""},
    Usual{kClassOther, "other", "", ""},
    Usual{kClassVideo, "video", "1755+1935+3478-3479+5004-5005+6970-6979+8554",
          "dscp24+dscp32+dscp34+dscp36+dscp38"},
    Usual{kClassVoice, "voice", "5060-5062+16384-16396", "dscp40+dscp46"},
    Usual{kClassFile, "file", "20-22+25+80+110+143+443+445+3389+8080+8443", ""},
    Usual{kClassBackground, "background", "53+123+161-162+389+636+3306+5432",
          "dscp1+dscp8"}};

// Servers that send streams, or that carry calls and nothing else, and no
// address of a content network that many share. docs/qos.md has the same list.
struct UsualDomain {
  ClassId id;
  const char* domain;
};
constexpr std::array kUsualDomains = {
    UsualDomain{kClassVideo, "*.googlevideo.com"},   // YouTube
    UsualDomain{kClassVideo, "*.nflxvideo.net"},     // Netflix
    UsualDomain{kClassVideo, "*.media.dssott.com"},  // Disney+
    UsualDomain{kClassVideo, "*.aiv-cdn.net"},       // Prime Video
    UsualDomain{kClassVideo, "*.hulustream.com"},    // Hulu
    UsualDomain{kClassVideo, "*.ttvnw.net"},         // Twitch
    UsualDomain{kClassVideo, "*.dmcdn.net"},         // Dailymotion
    UsualDomain{kClassVideo, "*.tiktokcdn.com"},     // TikTok
    UsualDomain{kClassVoice, "*.zoom.us"},
    UsualDomain{kClassVoice, "*.tr.teams.microsoft.com"},  // Teams
    UsualDomain{kClassVoice, "meet.google.com"},
    UsualDomain{kClassVoice, "*.turns.goog"},  // Google Meet
    UsualDomain{kClassVoice, "*.webex.com"},
    UsualDomain{kClassVoice, "*.discord.media"},   // Discord
    UsualDomain{kClassVoice, "*.voip.signal.org"}  // Signal
};

bool ByPort(ClassifyBy by) { return by != ClassifyBy::kDscp; }

std::optional<unsigned> ParseUpTo(std::string_view text, unsigned max) {
  const auto number = ParseWholeNumber(text, 0, max);
  if (!number) return std::nullopt;
  return static_cast<unsigned>(*number);
}

// The name becomes a label value and part of names in the kernel.
bool IsName(std::string_view name) {
  const auto is_plain = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  };
  return !name.empty() && name.size() <= 32 && name[0] >= 'a' &&
         name[0] <= 'z' && std::ranges::all_of(name, is_plain);
}

}  // namespace

TrafficClasses::TrafficClasses(ClassifyBy by)
    : by_(by),
      has_dscp_first_(by == ClassifyBy::kDscp ||
                      by == ClassifyBy::kDscpThenPort),
      has_dscp_last_(by == ClassifyBy::kPortThenDscp),
      by_port_(kPortCount + 1, kClassOther) {
  by_dscp_last_.fill(kClassOther);
  for (const Usual& usual : kUsual) names_.emplace_back(usual.name);
  for (const Usual& usual : kUsual) {
    for (const char* what : {usual.ports, usual.dscps}) {
      if (what[0] != '\0') Define(usual.name + std::string("=") + what);
    }
  }
}

void TrafficClasses::DefineUsualDomains() {
  for (const UsualDomain& usual : kUsualDomains) Give(usual.id, usual.domain);
}

void TrafficClasses::Define(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals == std::string::npos || equals + 1 == text.size()) {
    throw std::invalid_argument("'" + text +
                                "' is not NAME=WHAT, as in "
                                "game=27015-27030+3074, game=dscp26 or "
                                "game=*.example.org");
  }
  const ClassId id = FindOrMake(text.substr(0, equals));
  std::string_view rest = std::string_view(text).substr(equals + 1);
  while (true) {
    const size_t plus = rest.find('+');
    Give(id, rest.substr(0, plus));
    if (plus == std::string_view::npos) return;
    rest.remove_prefix(plus + 1);
  }
}

ClassId TrafficClasses::FindOrMake(const std::string& name) {
  if (!IsName(name)) {
    throw std::invalid_argument(
        "'" + name +
        "' is not a class name: at most 32 lower-case letters, digits and _, "
        "starting with a letter");
  }
  const ClassId found = Find(name);
  if (found != kNoClass) return found;
  if (names_.size() == kMaxClasses) {
    throw std::invalid_argument(
        "'" + name + "' is one class too many: at most " +
        std::to_string(kMaxClasses - 1) + ", including \"other\"");
  }
  names_.push_back(name);
  return static_cast<ClassId>(names_.size() - 1);
}

void TrafficClasses::Give(ClassId id, std::string_view what) {
  if (ClassDomains::IsDomain(what)) {
    ClassDomains checked;
    (ByPort(by_) ? domains_ : checked).Give(id, what);
    return;
  }
  constexpr std::string_view kDscp = "dscp";
  if (what.starts_with(kDscp)) {
    const auto dscp = ParseUpTo(what.substr(kDscp.size()), kDscpCount - 1);
    if (!dscp) {
      throw std::invalid_argument("'" + std::string(what) +
                                  "' is not a DSCP: dscp0 to dscp63");
    }
    by_dscp_last_[*dscp] = id;
    by_dscp_first_[*dscp] = kNoClass;
    if (has_dscp_first_ && id != kClassOther) by_dscp_first_[*dscp] = id;
    return;
  }
  const size_t dash = what.find('-');
  const auto first = ParseUpTo(what.substr(0, dash), kPortCount - 1);
  const auto last = dash == std::string_view::npos
                        ? first
                        : ParseUpTo(what.substr(dash + 1), kPortCount - 1);
  if (!first || !last || *first > *last) {
    throw std::invalid_argument("'" + std::string(what) +
                                "' is not a port, a port range or a domain, "
                                "as in 5004, 5004-5005 or *.example.org");
  }
  if (!ByPort(by_)) return;
  const size_t end = size_t{*last} + 1;
  std::fill(by_port_.begin() + *first,
            by_port_.begin() + static_cast<std::ptrdiff_t>(end), id);
  if (id != kClassOther) ports_end_ = std::max(ports_end_, end);
}

ClassId TrafficClasses::Find(std::string_view name) const noexcept {
  for (size_t id = 1; id < names_.size(); ++id) {
    if (names_[id] == name) return static_cast<ClassId>(id);
  }
  return kNoClass;
}

std::vector<TrafficClasses::PortRange> TrafficClasses::PortsOf(
    ClassId id) const {
  std::vector<PortRange> ranges;
  for (size_t port = 0; port < kPortCount; ++port) {
    if (by_port_[port] != id) continue;
    const auto at = static_cast<uint16_t>(port);
    if (!ranges.empty() && ranges.back().last + 1U == port) {
      ranges.back().last = at;
    } else {
      ranges.push_back({at, at});
    }
  }
  return ranges;
}

std::vector<uint8_t> TrafficClasses::DscpsOf(ClassId id) const {
  std::vector<uint8_t> dscps;
  if (by_ == ClassifyBy::kPort) return dscps;
  for (size_t dscp = 0; dscp < kDscpCount; ++dscp) {
    if (by_dscp_last_[dscp] == id) dscps.push_back(static_cast<uint8_t>(dscp));
  }
  return dscps;
}

}  // namespace ntm
