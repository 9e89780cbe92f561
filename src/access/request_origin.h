// Where a request comes from and whom it takes us for: what a browser says of
// the page behind it, and what the connection says of the peer.
//
// Threads  pure functions.
// Source   RFC 9110 section 7.2 (Host), RFC 6454 section 7 (Origin), RFC 7239
//          (Forwarded), W3C Fetch Metadata (Sec-Fetch-Site).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ntm/http/route.h"
#include "ntm/net/local_networks.h"

namespace ntm {

// The host of a Host header in lower case, without port, brackets and final
// dot; "" if it is malformed.
std::string HostOf(std::string_view header);

// Returns true iff the request asks for an address, for localhost, for
// `machine_name` (whole, its first label, or that in .local, .lan, .home.arpa
// or .internal) or for one of `names`: what a stranger's page cannot be called.
bool AsksForUs(const HttpRequest& request, const std::string& machine_name,
               const std::vector<std::string>& names);

// Returns true iff a page of another site sent it. A browser that says nothing
// of Origin may say it in Sec-Fetch-Site; a link of elsewhere that somebody
// follows is no such request: its answer is not for that page to read.
bool IsCrossSite(const HttpRequest& request);

// Returns true iff a proxy says that it sends it for somebody else.
bool IsForwarded(const HttpRequest& request);

bool IsThisMachine(const HttpRequest& request);

// Returns true iff it comes from this machine, was asked for under a name or an
// address that nobody here would use, and does not say that it was forwarded:
// so it is by a proxy that adds no header, for anybody.
bool IsAsOfAProxy(const HttpRequest& request, const std::string& machine_name);

bool IsPeerIn(const LocalNetworks& networks, const HttpRequest& request);

}  // namespace ntm
