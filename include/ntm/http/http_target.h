// A URL that something is sent to.
//
// Threads  pure.
// Errors   ParseHttpUrl() throws std::invalid_argument whose message follows an
//          option's name; one with a password is not repeated in it.
// Source   RFC 3986, read by libcurl's own parser, so that what is checked is
//          what is called.
#pragma once

#include <string>

namespace ntm {

struct HttpTarget {
  std::string url;     // what is called
  std::string shown;   // for the log: what holds no secret
  std::string origin;  // "https://host:port", for a label
  bool is_https = false;
  bool is_loopback = false;  // by its address, or "localhost"
};

// "https://host:8000/path", where `path` is appended: a URL for http or https
// without user, password, query or fragment.
HttpTarget ParseHttpUrl(const std::string& text, const std::string& path);

// Any URL for http or https without user and password; since its path or query
// may be a secret, only its origin is shown.
HttpTarget ParseSecretUrl(const std::string& text);

// Returns true iff a token may go there: over TLS, or not over a wire at all.
bool MayCarryToken(const HttpTarget& target);

}  // namespace ntm
