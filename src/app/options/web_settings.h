// All that decides who gets what from the web server, read from the files that
// the options name.
//
// Shape    read at start and again on a reload; whole or not at all.
// Threads  any.
// Errors   ntm::Error naming the file; never a secret.
#pragma once

#include <string>
#include <vector>

#include "ntm/access/access_rule.h"
#include "ntm/server/http_server.h"
#include "options.h"

namespace ntm {

struct WebSettings {
  AccessSettings access;
  HttpSecurity http;
  std::vector<std::string> paths;  // of the files that were read

  // Returns true iff someone who may not see the network is kept out.
  bool AsksForCredentials() const;
};

WebSettings ReadWebSettings(const Options& options, bool writes_need_token);

// What to warn of when the server is bound to `addresses`; "" for nothing.
std::string WarningFor(const std::vector<std::string>& addresses,
                       const WebSettings& settings);

}  // namespace ntm
