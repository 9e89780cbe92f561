// Socket functions for c-ares that set the scope of link-local IPv6 addresses,
// which c-ares itself does not support.
//
// Threads  the thread of the channel.
// Errors   if the interface does not exist, connecting fails as for any
//          unreachable server.
// Source   ares_set_socket_functions(3); ipv6(7), sin6_scope_id.
#pragma once

#include <ares.h>

#include <vector>

#include "name_server.h"

namespace ntm::names {

// `servers` must outlive the channel. Does nothing if no server has a scope.
void UseScopes(ares_channel channel, const std::vector<NameServer>* servers);

}  // namespace ntm::names
