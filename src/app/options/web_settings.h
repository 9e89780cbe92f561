// Reads the web server's security settings (users, tokens, TLS, headers) from
// the files that the options name.
//
// Shape    read at start and on every reload; either all of it or none.
// Threads  any.
// Errors   ntm::Error that names the file, never a secret.
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

  // Returns true iff clients need credentials for the metrics.
  bool AsksForCredentials() const;
};

WebSettings ReadWebSettings(const Options& options, bool writes_need_token);

// The warning to log for a server that listens on `addresses`, or "".
std::string WarningFor(const std::vector<std::string>& addresses,
                       const WebSettings& settings);

}  // namespace ntm
