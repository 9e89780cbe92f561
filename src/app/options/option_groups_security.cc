#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "ntm/base/ascii.h"
#include "option_groups.h"
#include "option_values.h"

namespace ntm {
namespace {

std::vector<std::string> ParseHostNames(const std::vector<std::string>& texts) {
  std::vector<std::string> names;
  for (const std::string& text : texts) {
    std::string name = LowerCase(text);
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
  declarer.BeginTopic("security",
                      "TLS, users, tokens, privileges of the process");
  declarer.AddWord("--web.config.file", o.web_config_path, ParsePath, "FILE",
                   "File with TLS settings, users and HTTP headers, in the "
                   "format of the Prometheus exporters");
  declarer.AddWord(
      "--token-file", o.token_path, ParsePath, "FILE",
      "File with access tokens, one per line. With it, requests that change "
      "something need a token; the page and the API need a token or a user");
  declarer.AddList("--web.host-name,--web.allow-host", o.host_names,
                   ParseHostNames, "NAME",
                   "Name that clients may use for this server, besides its "
                   "addresses, localhost and this machine's own name; may be "
                   "repeated or be a list with commas");
  declarer.AddFlag("--web.enable-lifecycle", o.lifecycle,
                   "Accept POST /-/reload, which has the effect of SIGHUP");
  declarer.AddWord(
      "--user", o.user, [](const std::string& text) { return text; }, "NAME",
      "User to run as when started as root, once everything is open. Without "
      "it: ntm if there is such a user, else an unused user ID");
  declarer
      .AddWord("--sandbox", o.sandbox, ParseSandboxMode, "MODE",
               "on: drop all privileges that are no longer needed; strict: "
               "also exit if one cannot be dropped; off: keep all of them")
      .DefaultText("on");
}

}  // namespace ntm
