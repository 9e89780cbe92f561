// Where an agent sends its updates, and as whom.
//
// Threads  pure.
// Errors   ParsePushUrl() throws std::invalid_argument whose message follows
//          the option's name.
#pragma once

#include <string>

#include "ntm/http/http_target.h"

namespace ntm::agents {

// "https://hub:8000", with a path in front of /api/traffic/update or not.
HttpTarget ParsePushUrl(const std::string& text);

// This machine's name as an agent's id: what no id can have becomes "-".
std::string IdOfHost(const std::string& host_name);

}  // namespace ntm::agents
