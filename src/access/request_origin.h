// Determines where a request comes from (peer, proxy, page of another site) and
// which host it is for.
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

// The host of a Host header in lower case, without port, brackets and trailing
// dot; "" if the header is malformed.
std::string HostOf(std::string_view header);

// Returns true iff Host is an address, localhost, `machine_name` (the whole
// name, its first label, or that label in .local, .lan, .home.arpa or
// .internal) or one of `names`: none of these can be another site's name.
bool IsForThisServer(const HttpRequest& request,
                     const std::string& machine_name,
                     const std::vector<std::string>& names);

// Returns true iff a page of another site sent the request, according to Origin
// or, if that is absent, Sec-Fetch-Site. Following a link from another site
// does not count: that site cannot read the response.
bool IsCrossSite(const HttpRequest& request);

// Returns true iff a header shows that a proxy forwarded the request.
bool IsForwarded(const HttpRequest& request);

bool IsThisMachine(const HttpRequest& request);

// Returns true iff the request comes from this machine, but its Host is neither
// localhost nor a loopback address nor the machine's name, and no header shows
// that it was forwarded. Probably a local proxy without X-Forwarded-For sent
// it.
bool LooksLikeProxy(const HttpRequest& request,
                    const std::string& machine_name);

bool IsPeerIn(const LocalNetworks& networks, const HttpRequest& request);

}  // namespace ntm
