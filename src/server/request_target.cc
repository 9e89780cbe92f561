#include "request_target.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace ntm {
namespace {

std::optional<std::string> Decode(std::string_view text, bool plus_is_space) {
  std::string decoded;
  decoded.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      decoded += ' ';
    } else if (text[i] != '%') {
      decoded += text[i];
    } else {
      uint8_t byte = 0;
      const std::string_view digits = text.substr(i + 1, 2);
      const char* const end = digits.data() + digits.size();
      if (digits.size() != 2 ||
          std::from_chars(digits.data(), end, byte, 16).ptr != end ||
          byte == 0) {
        return std::nullopt;
      }
      decoded += static_cast<char>(byte);
      i += 2;
    }
  }
  return decoded;
}

// Removes and returns the text before the next `separator`.
std::string_view TakePart(std::string_view* rest, char separator) {
  const size_t end = std::min(rest->find(separator), rest->size());
  const std::string_view part = rest->substr(0, end);
  rest->remove_prefix(std::min(end + 1, rest->size()));
  return part;
}

// "http://host/path" becomes "/path"; returns "host".
std::string_view TakeAuthority(std::string_view* target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target->starts_with(scheme)) {
      const size_t end =
          std::min(target->find_first_of("/?", scheme.size()), target->size());
      const std::string_view authority =
          target->substr(scheme.size(), end - scheme.size());
      *target = end == target->size() ? "/" : target->substr(end);
      return authority;
    }
  }
  return {};
}

}  // namespace

std::optional<RequestTarget> ParseTarget(std::string_view target) {
  const bool is_origin_form = target.starts_with('/');
  const std::string_view authority = TakeAuthority(&target);
  if (!target.starts_with('/') && !target.starts_with('?')) {
    return std::nullopt;
  }
  if (is_origin_form != authority.empty() ||
      authority.find('@') != std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view query = target.substr(0, target.find('#'));
  auto path = Decode(TakePart(&query, '?'), /*plus_is_space=*/false);
  if (!path) {
    return std::nullopt;
  }
  RequestTarget parsed{
      std::string(authority), path->empty() ? "/" : std::move(*path), {}, {}};
  while (!query.empty()) {
    std::string_view value = TakePart(&query, '&');
    const auto name = Decode(TakePart(&value, '='), /*plus_is_space=*/true);
    auto decoded = Decode(value, /*plus_is_space=*/true);
    if (!name || !decoded) {
      return std::nullopt;
    }
    if (!name->empty()) {
      parsed.query.emplace(*name, *decoded);
      parsed.parameters.emplace_back(*name, std::move(*decoded));
    }
  }
  return parsed;
}

}  // namespace ntm
