#include "web_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"
#include "ntm/http/credentials.h"
#include "web_config.h"

namespace ntm {
namespace {

constexpr char kTokenOption[] = "--token-file";

std::vector<SecretDigest> ReadTokens(const std::string& path) {
  std::vector<SecretDigest> digests;
  size_t number = 0;
  for (const std::string& token : ReadSecretLines(path, kTokenOption)) {
    ++number;
    if (!IsToken(token)) {
      throw Error(
          fmt::format("{} {}: token {} is malformed; a token has letters, "
                      "digits and - . _ ~ + / =",
                      kTokenOption, path, number));
    }
    digests.push_back(DigestOf(token));
  }
  if (digests.empty()) {
    throw Error(
        fmt::format("{} {}: has no token; `openssl rand -hex 32` makes one",
                    kTokenOption, path));
  }
  return digests;
}

bool IsLoopbackEndpoint(const std::string& address) {
  return address.starts_with("127.") || address.starts_with("[::1]:");
}

}  // namespace

bool WebSettings::AsksForCredentials() const {
  return !access.users.empty() || access.clients_are_certified;
}

WebSettings ReadWebSettings(const Options& options, bool writes_need_token) {
  WebSettings settings;
  settings.access.writes_need_token = writes_need_token;
  settings.access.host_names = options.host_names;
  if (!options.web_config_path.empty()) {
    WebConfig config = ReadWebConfig(options.web_config_path);
    settings.access.users = std::move(config.users);
    settings.access.clients_are_certified =
        config.tls &&
        config.tls->client_certificate == ClientCertificate::kRequireAndVerify;
    settings.http = {std::move(config.tls), std::move(config.headers)};
    settings.paths = std::move(config.paths);
  }
  if (!options.token_path.empty()) {
    settings.access.tokens = ReadTokens(options.token_path);
    settings.paths.push_back(options.token_path);
  }
  return settings;
}

std::string WarningFor(const std::vector<std::string>& addresses,
                       const WebSettings& settings) {
  const auto open = std::ranges::find_if_not(addresses, IsLoopbackEndpoint);
  if (open == addresses.end() || settings.AsksForCredentials()) return "";
  return fmt::format(
      "no users are configured: everybody who can reach {} can read the "
      "metrics, which show the conversations in the network; configure users "
      "with --web.config.file, or serve only this machine with -b 127.0.0.1",
      *open);
}

}  // namespace ntm
