// Finds capture files outside of the repository, which may be absent.
#pragma once

#include <string>

namespace ntm::test {

// The path of ../shared/`name`, relative to the repository. The test must check
// that it exists.
std::string SharedPath(const std::string& name);

}  // namespace ntm::test
