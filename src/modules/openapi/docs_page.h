// The description of the API as a page that needs nothing else: no script, no
// network.
//
// Threads  a pure function.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace ntm::openapi {

std::string DocsPage(const nlohmann::ordered_json& document);

}  // namespace ntm::openapi
