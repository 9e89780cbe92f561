// Reads --web.config.file: TLS, users and headers, in the format that all
// Prometheus exporters share.
//
// Shape    tls_server_config (cert_file, key_file, client_ca_file or the texts
//          themselves, client_auth_type, client_allowed_sans, min_version,
//          max_version, cipher_suites, curve_preferences), basic_auth_users
//          (name: bcrypt hash), http_server_config (headers). Paths are
//          relative to the file. http2 is accepted but ignored: the server
//          supports HTTP/1 only. TLS 1.0 and 1.1 and unknown keys are errors.
// Threads  any.
// Errors   ntm::Error with file and line, never with a hash or a key.
// Source   github.com/prometheus/exporter-toolkit, docs/web-configuration.md.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "ntm/http/tls_settings.h"

namespace ntm {

struct WebConfig {
  std::optional<TlsSettings> tls;
  std::map<std::string, std::string> users;  // name → bcrypt hash
  std::map<std::string, std::string> headers;
  // The file itself and the files that it names, to detect changes.
  std::vector<std::string> paths;
};

WebConfig ReadWebConfig(const std::string& path);

}  // namespace ntm
