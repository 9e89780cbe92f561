// Renders the API description as one HTML page without scripts or external
// resources.
//
// Threads  a pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ntm::openapi {

std::string DocsPage(const nlohmann::ordered_json& document);

}  // namespace ntm::openapi
