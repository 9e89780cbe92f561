// The subcommands `ntm qos status` and `ntm qos clear`: show and remove ntm's
// queues on this machine, also when ntm is not running.
//
// Threads  main thread; nothing else runs.
// Errors   ntm::Error; exit code 2 for wrong arguments.
#pragma once

#include "ntm/module/command_line.h"

namespace ntm::qos {

Subcommand QosSubcommand();

}  // namespace ntm::qos
