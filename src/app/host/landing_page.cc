#include "landing_page.h"

#include <fmt/format.h>

#include "ntm/base/build_info.h"

namespace ntm {
namespace {

constexpr char kHead[] = R"(<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>ntm</title>
<style>
body{{font:1rem/1.5 system-ui,sans-serif;margin:3rem auto;max-width:40rem;
padding:0 1rem;color-scheme:light dark}}
td{{padding:.2rem 1rem .2rem 0}}
</style>
<h1>ntm</h1>
<p>Network traffic metrics, version {} ({}).</p>
<table>
)";

}  // namespace

std::string LandingPage(const std::vector<Route>& routes) {
  std::string page = fmt::format(kHead, kVersion, kRevision);
  for (const Route& route : routes) {
    if (route.method != "GET" || route.help.empty()) continue;
    page +=
        fmt::format("<tr><td><a href=\"{0}\">{0}</a></td><td>{1}</td></tr>\n",
                    route.path, route.help);
  }
  return page + "</table>\n</html>\n";
}

}  // namespace ntm
