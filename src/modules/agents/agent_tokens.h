// The tokens with which agents authenticate to a hub.
//
// Shape    each line is a token, valid for every agent, or "id:token", valid
//          for that agent only. A client sends it as "Authorization: Bearer
//          TOKEN", or as the password of HTTP Basic with any user name, because
//          the agents written in Python support only Basic.
// Threads  constant after construction.
// Errors   the constructor throws ntm::Error for a file without a token or with
//          an invalid line; the message has the line's number, never its text.
// Source   credentials.h. All tokens are compared each time, in constant time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ntm/http/credentials.h"

namespace ntm::agents {

class AgentTokens {
 public:
  AgentTokens() = default;  // no tokens
  // `lines` as ReadSecretLines() gives them; `path` for messages.
  AgentTokens(const std::vector<std::string>& lines, const std::string& path);

  bool empty() const { return tokens_.empty(); }

  bool Knows(const std::string& token) const;
  bool Allows(const std::string& token, const std::string& id) const;

 private:
  struct Token {
    std::string id;  // "": valid for every agent
    SecretDigest digest;
  };

  std::vector<Token> tokens_;
};

// The token in an Authorization header, of either scheme.
std::optional<std::string> TokenIn(const std::string& authorization);

}  // namespace ntm::agents
