#include "request_origin.h"

#include <algorithm>
#include <array>

#include "ntm/access/peer.h"
#include "ntm/base/ascii.h"
#include "ntm/net/address.h"

namespace ntm {
namespace {

bool IsNumber(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsLocalhost(const std::string& host) {
  return host == "localhost" || host.ends_with(".localhost");
}

bool IsNameOf(const std::string& machine_name, const std::string& host) {
  const std::string whole = LowerCase(machine_name);
  const std::string label = whole.substr(0, whole.find('.'));
  if (label.empty() || !host.starts_with(label)) return false;
  constexpr std::array<std::string_view, 5> kSites{"", ".local", ".lan",
                                                   ".home.arpa", ".internal"};
  return host == whole ||
         std::ranges::find(kSites, host.substr(label.size())) != kSites.end();
}

// A page opened by a link: the page with the link cannot read the response.
bool IsFollowedLink(const HttpRequest& request) {
  return request.method == "GET" &&
         LowerCase(request.Header("sec-fetch-mode")) == "navigate" &&
         LowerCase(request.Header("sec-fetch-dest")) == "document";
}

}  // namespace

std::string HostOf(std::string_view header) {
  std::string_view host = header;
  if (host.starts_with('[')) {
    const size_t end = host.find(']');
    if (end == std::string_view::npos) return "";
    const std::string_view after = host.substr(end + 1);
    if (!after.empty() && (after[0] != ':' || !IsNumber(after.substr(1)))) {
      return "";
    }
    return LowerCase(host.substr(1, end - 1));
  }
  const size_t colon = host.find(':');
  if (colon != std::string_view::npos) {
    if (!IsNumber(host.substr(colon + 1))) return "";
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return LowerCase(host);
}

bool IsForThisServer(const HttpRequest& request,
                     const std::string& machine_name,
                     const std::vector<std::string>& names) {
  const std::string header = request.Header("host");
  // Only HTTP/1.0 requests may lack it, and no browser sends those.
  if (header.empty()) return true;
  const std::string host = HostOf(header);
  if (host.empty()) return false;
  return ParseAddress(host) || IsLocalhost(host) ||
         IsNameOf(machine_name, host) ||
         std::ranges::find(names, host) != names.end();
}

bool IsCrossSite(const HttpRequest& request) {
  const std::string origin = LowerCase(request.Header("origin"));
  if (origin.empty()) {
    const std::string site = LowerCase(request.Header("sec-fetch-site"));
    const bool is_own = site.empty() || site == "same-origin" || site == "none";
    return !is_own && !IsFollowedLink(request);
  }
  const size_t scheme = origin.find("://");
  if (scheme == std::string::npos) return true;  // "null"
  return origin.substr(scheme + 3) != LowerCase(request.Header("host"));
}

bool IsForwarded(const HttpRequest& request) {
  constexpr std::array<const char*, 7> kHeaders{
      "forwarded",       "x-forwarded-for",   "x-forwarded-host",
      "x-real-ip",       "x-forwarded-proto", "via",
      "cf-connecting-ip"};
  return std::ranges::any_of(kHeaders, [&](const char* name) {
    return request.headers.contains(name);
  });
}

bool IsThisMachine(const HttpRequest& request) {
  const auto address = ParseAddress(request.peer_address);
  return address && IsLoopback(*address);
}

bool LooksLikeProxy(const HttpRequest& request,
                    const std::string& machine_name) {
  if (!IsThisMachine(request) || IsForwarded(request)) return false;
  const std::string host = HostOf(request.Header("host"));
  if (host.empty() || IsLocalhost(host) || IsNameOf(machine_name, host)) {
    return false;
  }
  const auto address = ParseAddress(host);
  return !address || !IsLoopback(*address);
}

bool IsPeerIn(const LocalNetworks& networks, const HttpRequest& request) {
  const auto address = ParseAddress(request.peer_address);
  return address && networks.ChosenContain(*address);
}

}  // namespace ntm
