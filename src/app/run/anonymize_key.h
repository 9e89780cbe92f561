// The key of --anonymize: a file of Anonymizer::kKeyBytes random bytes, made
// once and kept, so that an address has the same alias after a restart.
//
// Threads  pure functions but for the file.
// Errors   throws ntm::Error; no message tells the key.
#pragma once

#include <string>

#include "ntm/net/anonymizer.h"

namespace ntm {

// $STATE_DIRECTORY/anonymize.key (systemd); else for root
// /var/lib/ntm/anonymize.key; else ntm/anonymize.key in $XDG_STATE_HOME or
// ~/.local/state.
std::string DefaultAnonymizeKeyPath();

// The key in the file at `path`, which is made, for its owner alone, if there
// is none, with its folder. Of several programs that make it at once, one
// makes it for all. Warns of a file that others can read.
Anonymizer::Key LoadOrMakeAnonymizeKey(const std::string& path);

}  // namespace ntm
