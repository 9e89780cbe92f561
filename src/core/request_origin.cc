#include "request_origin.h"

#include <algorithm>
#include <array>

#include "ntm/address.h"

namespace ntm {
namespace {

std::string InLowerCase(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return lower;
}

bool IsNumber(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

bool IsLoopback(const Address& address) {
  if (address.kind == AddressKind::kIpv4) return address.bytes[0] == 127;
  return address == ParseAddress("::1");
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
    return InLowerCase(host.substr(1, end - 1));
  }
  const size_t colon = host.find(':');
  if (colon != std::string_view::npos) {
    if (!IsNumber(host.substr(colon + 1))) return "";
    host = host.substr(0, colon);
  }
  if (host.ends_with('.')) host.remove_suffix(1);
  return InLowerCase(host);
}

bool AsksForUs(const HttpRequest& request, const std::string& machine_name,
               const std::vector<std::string>& names) {
  const std::string header = request.Header("host");
  // Only HTTP/1.0 may do without, which no browser speaks.
  if (header.empty()) return true;
  const std::string host = HostOf(header);
  if (host.empty()) return false;
  if (ParseAddress(host) || host == "localhost" ||
      host.ends_with(".localhost")) {
    return true;
  }
  const std::string whole = InLowerCase(machine_name);
  const std::string label = whole.substr(0, whole.find('.'));
  if (!label.empty() && host.starts_with(label)) {
    constexpr std::array<std::string_view, 5> kSites{"", ".local", ".lan",
                                                     ".home.arpa", ".internal"};
    if (host == whole ||
        std::ranges::find(kSites, host.substr(label.size())) != kSites.end()) {
      return true;
    }
  }
  return std::ranges::find(names, host) != names.end();
}

bool IsCrossSite(const HttpRequest& request) {
  const std::string origin = InLowerCase(request.Header("origin"));
  if (origin.empty()) return false;
  const size_t scheme = origin.find("://");
  if (scheme == std::string::npos) return true;  // "null"
  return origin.substr(scheme + 3) != InLowerCase(request.Header("host"));
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

bool IsPeerIn(const LocalNetworks& networks, const HttpRequest& request) {
  const auto address = ParseAddress(request.peer_address);
  return address && networks.ChosenContain(*address);
}

}  // namespace ntm
