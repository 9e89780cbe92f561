// Reads a file that holds secrets, and looks at who else can.
//
// Threads  any.
// Errors   ntm::Error: the file cannot be read, is none, is larger than 1 MiB,
//          or can be written by everybody. One that others can read is warned
//          of: secrets that are mounted into containers mostly are.
#pragma once

#include <string>
#include <vector>

namespace ntm {

// Returns true iff it is there for who asks: --check-config may be run by
// another user, or on another machine, than the start.
bool IsReadable(const std::string& path);

// Its lines without blanks around them, leaving out those that are empty or
// begin with #. `option` is the flag that named it.
std::vector<std::string> ReadSecretLines(const std::string& path,
                                         const std::string& option);

// The only line of the file, a token fit for a header.
std::string ReadToken(const std::string& path, const std::string& option);

// Returns true iff `text` can be a bearer token (RFC 6750 section 2.1), which
// no colon can.
bool IsToken(const std::string& text);

}  // namespace ntm
