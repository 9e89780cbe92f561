#include "agent_tokens.h"

#include <fmt/format.h>

#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/secret_file.h"
#include "traffic_update.h"

namespace ntm::agents {

AgentTokens::AgentTokens(const std::vector<std::string>& lines,
                         const std::string& path) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    const bool is_bound = colon != std::string::npos;
    const std::string id = is_bound ? lines[i].substr(0, colon) : "";
    const std::string token = is_bound ? lines[i].substr(colon + 1) : lines[i];
    if ((is_bound && !IsAgentId(id)) || !IsToken(token)) {
      throw Error(fmt::format(
          "--agents-token-file {}: entry {} is neither a token nor id:token; a "
          "token consists of letters, digits and - . _ ~ + / =",
          path, i + 1));
    }
    tokens_.push_back({id, DigestOf(token)});
  }
  if (tokens_.empty()) {
    throw Error(
        fmt::format("--agents-token-file {}: contains no token; `openssl "
                    "rand -hex 32` makes one",
                    path));
  }
}

bool AgentTokens::Knows(const std::string& token) const {
  const SecretDigest shown = DigestOf(token);
  bool known = false;
  for (const Token& own : tokens_) {
    known |= IsSame(shown, own.digest);
  }
  return known;
}

bool AgentTokens::Allows(const std::string& token,
                         const std::string& id) const {
  const SecretDigest shown = DigestOf(token);
  bool allowed = false;
  for (const Token& own : tokens_) {
    const bool is_same = IsSame(shown, own.digest);
    allowed |= is_same && (own.id.empty() || own.id == id);
  }
  return allowed;
}

std::optional<std::string> TokenIn(const std::string& authorization) {
  auto credentials = CredentialsIn(authorization);
  if (!credentials) return std::nullopt;
  return std::move(credentials->secret);
}

}  // namespace ntm::agents
