// Parses URLs that requests are sent to.
//
// Threads  pure.
// Errors   std::invalid_argument; the caller puts the option's name before the
//          message. The message never repeats a URL with a password.
// Source   RFC 3986. The parser is libcurl's, so the URL that is checked is the
//          one that is used.
#pragma once

#include <string>

namespace ntm {

struct HttpTarget {
  std::string url;     // for the request
  std::string shown;   // for the log, without secrets
  std::string origin;  // "https://host:port", for a label
  bool is_https = false;
  bool is_loopback = false;  // by its address, or "localhost"
};

// Parses an http or https URL without user, password, query or fragment, and
// appends `path` to its path.
HttpTarget ParseHttpUrl(const std::string& text, const std::string& path);

// Parses an http or https URL without user and password. Its path or query may
// be a secret, so `shown` is its origin.
HttpTarget ParseSecretUrl(const std::string& text);

// Returns true iff a token may be sent there: over TLS or on loopback.
bool MayCarryToken(const HttpTarget& target);

}  // namespace ntm
