// Splits and decodes what a request asks for: "/path?name=value&…".
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
  std::string authority;  // of the absolute form: "host:port"; else ""
  std::string path;
  std::map<std::string, std::string> query;  // of a repeated name the first
  std::vector<std::pair<std::string, std::string>> parameters;  // in order
};

// Nothing if the target is of neither form, holds a malformed %xx or a zero
// byte, at which C ends a text, or a user before its host.
std::optional<RequestTarget> ParseTarget(std::string_view target);

}  // namespace ntm
