// Version, revision and compiler of this build, for --version, ntm_build_info
// and the page.
//
// Shape    the version as in "0.1.0"; the revision as written by git describe,
//          or "unknown"; the compiler's name and version.
// Threads  constants.
#pragma once

namespace ntm {

extern const char* const kVersion;
extern const char* const kRevision;
extern const char* const kCompiler;

}  // namespace ntm
