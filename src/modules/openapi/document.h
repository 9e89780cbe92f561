// Joins the modules' descriptions of their routes into one OpenAPI document.
//
// Shape    every module's folder may hold an openapi.json with the `paths` and
//          `components` of its own routes; the build embeds them. A response
//          in it is the description of an error, or has its `schema`: the rest
//          is the same for every response and added here.
// Threads  pure functions.
// Errors   Document() throws ntm::Error if a part is not a JSON object or two
//          parts have the same path or component, which is an error of the
//          build.
// Source   OpenAPI 3.1.0.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string_view>
#include <vector>

namespace ntm::openapi {

const std::vector<std::string_view>& Parts();

nlohmann::ordered_json Document(const std::vector<std::string_view>& parts);

}  // namespace ntm::openapi
