// `ntm qos status` and `ntm qos clear`: what ntm has made of the queues of
// this machine, also when it runs no more.
//
// Threads  main thread; nothing else runs.
// Errors   ntm::Error, exit code 2 for another word.
#pragma once

#include "ntm/module/command_line.h"

namespace ntm::qos {

Subcommand QosSubcommand();

}  // namespace ntm::qos
