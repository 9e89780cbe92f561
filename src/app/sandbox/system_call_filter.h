// The system calls that a run may still make: an allow-list.
//
// Shape    calls that are not in it fail. Those that would give privileges
//          (execute, trace, mount, a new namespace, a raw socket other than the
//          capture's) fail with EPERM; all others with ENOSYS, so that
//          libraries fall back to an older call.
// Threads  applies to all threads of the process at once.
// Errors   none.
// Source   seccomp(2), libseccomp.
#pragma once

namespace ntm {

// Returns 0 or an error number. `netfilter`: also allows netfilter sockets.
// REQUIRES: no-new-privileges.
int FilterSystemCalls(bool netfilter);

}  // namespace ntm
