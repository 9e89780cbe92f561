#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "option_groups.h"
#include "option_values.h"

namespace ntm {
namespace {

std::vector<std::string> ParseHostNames(const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (std::string name : texts) {
    std::ranges::transform(name, name.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
             c == '.' || c == '_';
    });
    if (!is_name) {
      throw std::invalid_argument("'" + name +
                                  "' is no host's name; leave out scheme and "
                                  "port");
    }
    names.push_back(std::move(name));
  }
  return names;
}

SandboxMode ParseSandboxMode(const std::string& text) {
  if (text == "on") return SandboxMode::kOn;
  if (text == "strict") return SandboxMode::kStrict;
  if (text == "off") return SandboxMode::kOff;
  throw std::invalid_argument("'" + text + "' is not on, strict or off");
}

}  // namespace

void AddSecurityOptions(OptionDeclarer& declarer, Options& o) {
  declarer.BeginGroup("Security");
  declarer.AddWord("--web.config.file", o.web_config_path, ParsePath, "FILE",
                   "TLS, users and headers of the web server, in the schema of "
                   "Prometheus' exporters");
  declarer.AddWord(
      "--token-file", o.token_path, ParsePath, "FILE",
      "Tokens, one per line, of which a request that changes what is kept "
      "needs one; the API and the page then ask for one or for a user");
  declarer.AddList(
      "--web.host-name,--web.allow-host", o.host_names, ParseHostNames, "NAME",
      "Name that the server is reached under, beside addresses, localhost and "
      "this machine's own name; may be repeated, and takes a list "
      "with commas");
  declarer.AddFlag("--web.enable-lifecycle", o.lifecycle,
                   "Take POST /-/reload, which does what SIGHUP does");
  declarer.AddWord(
      "--user", o.user, [](const std::string& text) { return text; }, "NAME",
      "User to become when started as root, once all is open; without it ntm, "
      "if there is one, else an unused user ID");
  declarer
      .AddWord(
          "--sandbox", o.sandbox, ParseSandboxMode, "MODE",
          "on: give up every right that is not needed any more; strict: end "
          "where one cannot be given up; off: keep them all")
      .DefaultText("on");
}

}  // namespace ntm
