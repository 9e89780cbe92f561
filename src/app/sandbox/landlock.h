// Restricts a thread, and all threads that it starts, to some folders.
//
// Threads  the calling one.
// Errors   none: a path that does not exist is skipped.
// Source   landlock(7); raw system calls, because glibc has no wrappers.
#pragma once

#include <string>
#include <vector>

namespace ntm {

// The version of Landlock that the kernel has; 0 for none.
int LandlockVersion() noexcept;

// Creates a set of rules: files below `readable` can be read, files below
// `writable` can also be written, created, renamed and removed; nothing can be
// executed. Returns its descriptor, or -1 with errno.
int MakePathRules(const std::vector<std::string>& readable,
                  const std::vector<std::string>& writable);

// Applies the rules to this thread; open descriptors are not affected. Returns
// 0 or an error number. REQUIRES: no-new-privileges.
int ConfineToPaths(int rules) noexcept;

}  // namespace ntm
