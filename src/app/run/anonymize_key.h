// Loads the key of --anonymize, or creates it: a file of Anonymizer::kKeyBytes
// random bytes, so that an address has the same alias after a restart.
//
// Threads  main thread, at start.
// Errors   throws ntm::Error; no message contains the key.
#pragma once

#include <string>

#include "ntm/net/anonymizer.h"

namespace ntm {

// anonymize.key in StateDirectory().
std::string DefaultAnonymizeKeyPath();

// Loads the key from `path`. If the file does not exist, creates it with mode
// 0600, and its folder; if several processes do so at once, all use the same
// key. Logs a warning if other users can access the file.
Anonymizer::Key LoadOrMakeAnonymizeKey(const std::string& path);

}  // namespace ntm
