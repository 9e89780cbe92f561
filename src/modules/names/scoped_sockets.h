// Sockets for c-ares, which knows no scope of a link-local address and could
// not ask such a server: here it gets that of the interface it is on.
//
// Threads  those of the channel.
// Errors   an interface that is not there is an error of connecting, as for any
//          server that cannot be reached.
// Source   ares_set_socket_functions(3); ipv6(7), sin6_scope_id.
#pragma once

#include <ares.h>

#include <vector>

#include "name_server.h"

namespace ntm::names {

// `servers` must outlive the channel. Nothing is changed if none has a scope.
void UseScopes(ares_channel channel, const std::vector<NameServer>* servers);

}  // namespace ntm::names
