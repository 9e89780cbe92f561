// Where what must outlast the process is kept.
//
// Threads  pure but for the environment.
// Errors   none.
// Source   systemd.exec(5) StateDirectory=; XDG Base Directory Specification.
#pragma once

#include <string>

namespace ntm {

// The first of $STATE_DIRECTORY; else for root /var/lib/ntm; else
// $XDG_STATE_HOME/ntm, which is ~/.local/state/ntm where it is not set. "" if
// the environment tells none. The folder need not exist.
std::string StateDirectory();

}  // namespace ntm
