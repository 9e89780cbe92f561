// The description of the HTTP API: one document of what the modules say.
//
// Shape    every module's folder may hold an openapi.json with the `paths` and
//          `components` of its own routes; the build embeds them.
// Threads  pure functions.
// Errors   Document() throws ntm::Error for a part that is no JSON object, or
//          a path or component that two parts have: a fault of the build.
// Source   OpenAPI 3.1.0.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

namespace ntm::openapi {

const std::vector<std::string_view>& Parts();

nlohmann::ordered_json Document(const std::vector<std::string_view>& parts);

}  // namespace ntm::openapi
