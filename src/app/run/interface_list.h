// Prints the list of interfaces for `ntm -D`.
#pragma once

namespace ntm {

// One line per interface: name, state, addresses. Throws ntm::Error.
void PrintInterfaces();

}  // namespace ntm
