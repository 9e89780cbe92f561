// Makes the page at /-/links with the version and links to all routes. It is
// also at / if no module has a page there.
#pragma once

#include <string>
#include <vector>

#include "ntm/http/route.h"

namespace ntm {

std::string LandingPage(const std::vector<Route>& routes);

}  // namespace ntm
