// Captures that lie beside the project, not in it: data that may be absent.
#pragma once

#include <string>

namespace ntm::test {

// Path of ../shared/`name`, seen from the project's source folder; whether it
// is there is for the test to ask.
std::string SharedPath(const std::string& name);

}  // namespace ntm::test
