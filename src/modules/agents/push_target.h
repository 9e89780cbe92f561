// Where an agent sends its updates.
//
// Threads  pure.
// Errors   ParsePushUrl() throws std::invalid_argument whose message follows
//          the option's name.
// Source   RFC 3986, read by libcurl's own parser, so that what is checked is
//          what is called.
#pragma once

#include <string>

namespace ntm::agents {

struct PushTarget {
  std::string url;    // of the hub's update route
  std::string shown;  // as the user gave it
  bool is_https = false;
  bool is_loopback = false;  // by its address, or "localhost"
};

// "https://hub:8000", with a path in front of /api/traffic/update or not.
PushTarget ParsePushUrl(const std::string& text);

// Returns true iff a token may go there: over TLS, or not over a wire at all.
bool MayCarryToken(const PushTarget& target);

// This machine's name as an agent's id: what no id can have becomes "-".
std::string IdOfHost(const std::string& host_name);

}  // namespace ntm::agents
