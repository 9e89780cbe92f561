// Gives up what this process may do beyond its user, before it reads anything
// from the network.
//
// Shape    root becomes nobody; no capability is left, and no new one can come.
//          Open descriptors, such as those of the terminal, stay open.
// Threads  before other threads are started.
// Errors   none; a line on standard error if root has to stay root.
// Source   capabilities(7), PR_SET_NO_NEW_PRIVS in prctl(2).
#pragma once

namespace ntm::top {

void GiveUpRights();

}  // namespace ntm::top
