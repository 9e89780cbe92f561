// What netlink's answers mean to who runs ntm.
//
// Threads  pure functions.
// Errors   Check() throws ntm::Error with the remedy.
#pragma once

#include "ntm/base/error.h"

namespace ntm::qos {

// REQUIRES: `error` as libnl returns it; below 0 is one. `what` follows
// "cannot".
void Check(int error, const char* what);

}  // namespace ntm::qos
