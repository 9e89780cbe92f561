// The system calls that a run may still make: an allow-list.
//
// Shape    what is not in it fails: with EPERM what would give rights (to start
//          a program, to trace, to mount, another namespace, a raw socket of a
//          kind that is not captured with), with ENOSYS what is merely unknown,
//          so that libraries take the older way.
// Threads  in force on every thread of the process at once.
// Errors   none.
// Source   seccomp(2), libseccomp.
#pragma once

namespace ntm {

// Returns 0, or the error number of what the kernel or the library said.
// REQUIRES: no-new-privileges. `netfilter`: sockets to it are allowed as well.
int FilterSystemCalls(bool netfilter);

}  // namespace ntm
