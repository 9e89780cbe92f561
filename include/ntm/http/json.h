// Writes and parses JSON, and makes the JSON API's responses. nlohmann-json's
// parser and writer are compiled in json.cc only; other files use this header.
//
// Threads  pure functions.
// Errors   none: invalid UTF-8 is replaced by U+FFFD.
// Source   RFC 8259 (JSON), RFC 3339 (times).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "ntm/http/route.h"

namespace ntm {

// On one line, without a newline at its end; with `indent` >= 0 one value per
// line, indented by that many spaces per level.
std::string WriteJson(const nlohmann::ordered_json& json, int indent = -1);

// The result is_discarded() if the text is not JSON, or if a string value in it
// contains NUL, at which C functions would cut it.
nlohmann::ordered_json ParseJson(std::string_view text);

// A response with one line of JSON and "Cache-Control: no-store".
HttpResponse JsonAnswer(int status, const nlohmann::ordered_json& json);

// {"error": what}.
HttpResponse JsonError(int status, const std::string& what);

}  // namespace ntm
