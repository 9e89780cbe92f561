// `ntm top`: on the terminal until it is left, or with --once as one table.
//
// Threads  one thread.
// Errors   ntm::Error; the terminal is put back before.
#pragma once

#include "connection.h"
#include "view.h"

namespace ntm::top {

// Return the exit code.
int RunOnTerminal(const Connection& connection, const Choices& choices);
int PrintOnce(const Connection& connection, const Choices& choices);

}  // namespace ntm::top
