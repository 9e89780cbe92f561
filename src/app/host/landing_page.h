// The page at /-/links, and at / while no module offers one: name, version,
// where to look.
#pragma once

#include <string>
#include <vector>

#include "ntm/http/route.h"

namespace ntm {

std::string LandingPage(const std::vector<Route>& routes);

}  // namespace ntm
