// Confines threads, and those that they make, to some folders.
//
// Threads  the calling one.
// Errors   none: a path that is not there gives no right.
// Source   landlock(7); raw system calls, for glibc has none.
#pragma once

#include <string>
#include <vector>

namespace ntm {

// The version of Landlock that the kernel has; 0 for none.
int LandlockVersion() noexcept;

// A set of rules: only what lies beneath `readable` can be read, and beneath
// `writable` written, made, renamed and removed as well; nothing can be
// executed. Returns its descriptor, or -1 with errno where the kernel refuses.
int MakePathRules(const std::vector<std::string>& readable,
                  const std::vector<std::string>& writable);

// Puts the rules in force on this thread; descriptors that are open stay as
// they are. Returns 0 or an error number. REQUIRES:
// no-new-privileges.
int ConfineToPaths(int rules) noexcept;

}  // namespace ntm
