// What this program was built from, for --version, ntm_build_info and the page.
//
// Shape    the version as in "0.1.0"; the revision as git describes it, or
//          "unknown"; the compiler with its version.
// Threads  constants.
#pragma once

namespace ntm {

extern const char* const kVersion;
extern const char* const kRevision;
extern const char* const kCompiler;

}  // namespace ntm
