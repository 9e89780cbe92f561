// Whether who asks takes an answer that is compressed.
//
// Threads  a pure function.
// Errors   none: what is malformed asks for nothing.
// Source   RFC 9110 section 12.5.3 (Accept-Encoding).
#pragma once

#include <string_view>

namespace ntm {

// Returns true iff gzip is accepted and not less welcome than no coding.
bool PrefersGzip(std::string_view accept_encoding);

}  // namespace ntm
