// Turns netlink errors into messages with a remedy.
//
// Threads  pure functions.
// Errors   Check() throws ntm::Error with the remedy.
#pragma once

#include "ntm/base/error.h"

namespace ntm::qos {

// `error` is a libnl return value; negative ones are errors. `what` follows
// "cannot" in the message.
void Check(int error, const char* what);

}  // namespace ntm::qos
