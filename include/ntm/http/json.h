// JSON's text and the JSON API's answers. nlohmann-json's parser and writer are
// compiled here alone: every other file calls them through this header.
//
// Threads  pure functions.
// Errors   none: text that is not UTF-8 is written with U+FFFD in its place.
// Source   RFC 8259 (JSON), RFC 3339 (times).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "ntm/http/route.h"

namespace ntm {

// On one line, without its end; or each value on its own, `indent` spaces a
// level.
std::string WriteJson(const nlohmann::ordered_json& json, int indent = -1);

// is_discarded() where the text is not JSON, or a text in it holds a zero byte,
// at which others would end it.
nlohmann::ordered_json ParseJson(std::string_view text);

// One line of JSON that no cache keeps.
HttpResponse JsonAnswer(int status, const nlohmann::ordered_json& json);

// {"error": what}.
HttpResponse JsonError(int status, const std::string& what);

}  // namespace ntm
