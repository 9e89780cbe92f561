// Finds the directory for files that outlast the process.
//
// Threads  pure but for the environment.
// Errors   none.
// Source   systemd.exec(5) StateDirectory=; XDG Base Directory Specification.
#pragma once

#include <string>

namespace ntm {

// The first directory in $STATE_DIRECTORY; else /var/lib/ntm for root; else
// $XDG_STATE_HOME/ntm or, if that variable is not set, ~/.local/state/ntm. ""
// if HOME is not set either. The directory need not exist.
std::string StateDirectory();

}  // namespace ntm
