// Parses the hub's URL and derives an agent's id from the host name.
//
// Threads  pure.
// Errors   ParsePushUrl() throws std::invalid_argument whose message follows
//          the option's name.
#pragma once

#include <string>

#include "ntm/http/http_target.h"

namespace ntm::agents {

// Takes "https://hub:8000", optionally with a path, which is put before
// /api/traffic/update.
HttpTarget ParsePushUrl(const std::string& text);

// The host name as an agent id: characters that an id cannot have become "-".
std::string IdOfHost(const std::string& host_name);

}  // namespace ntm::agents
