// Parses and decodes a request target: "/path?name=value&…".
//
// Threads  pure.
// Source   RFC 9112 section 3.2 (origin and absolute form), RFC 3986 section
//          2.1, WHATWG URL "application/x-www-form-urlencoded" ("+" is a space
//          in the query only).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ntm {

struct RequestTarget {
  std::string authority;  // in absolute form: "host:port"; else ""
  std::string path;
  std::map<std::string, std::string> query;  // the first value of each name
  std::vector<std::pair<std::string, std::string>> parameters;  // in order
};

// Returns nothing if the target has neither form, or contains a malformed %xx,
// an encoded NUL (at which C functions would cut the text) or user information.
std::optional<RequestTarget> ParseTarget(std::string_view target);

}  // namespace ntm
