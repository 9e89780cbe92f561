// Decides by Accept-Encoding whether to compress a response.
//
// Threads  a pure function.
// Errors   none: malformed entries are skipped.
// Source   RFC 9110 section 12.5.3 (Accept-Encoding).
#pragma once

#include <string_view>

namespace ntm {

// Returns true iff gzip is acceptable, and its quality is not below that of
// identity.
bool PrefersGzip(std::string_view accept_encoding);

}  // namespace ntm
