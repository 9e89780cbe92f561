// Reads files that hold secrets, and checks their permissions.
//
// Threads  any.
// Errors   ntm::Error if the file cannot be read, is not a regular file, is
//          larger than 1 MiB or is world-writable. A world-readable file only
//          causes a warning: secrets mounted into containers usually are.
#pragma once

#include <string>
#include <vector>

namespace ntm {

// Returns true iff this process may read it. --check-config may be run by
// another user, or on another machine, than the program itself.
bool IsReadable(const std::string& path);

// Its lines, trimmed, without empty lines and comments (#). `option` is the
// flag that named the file, for messages.
std::vector<std::string> ReadSecretLines(const std::string& path,
                                         const std::string& option);

// The file's only line, which must satisfy IsToken().
std::string ReadToken(const std::string& path, const std::string& option);

// Returns true iff `text` has only characters of a bearer token (RFC 6750
// section 2.1).
bool IsToken(const std::string& text);

}  // namespace ntm
