// The tokens that a hub takes updates for.
//
// Shape    each line is a token, good for every agent, or "id:token", good for
//          that one. A client shows one as "Authorization: Bearer TOKEN", or as
//          the password of HTTP Basic, whatever the user's name, which is all
//          that agents in Python can do.
// Threads  constant after construction.
// Errors   the constructor throws ntm::Error for a file without a token or with
//          a line that is none; it tells the line's number, never the line.
// Source   credentials.h. All tokens are compared each time, in constant time.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "ntm/http/credentials.h"

namespace ntm::agents {

class AgentTokens {
 public:
  AgentTokens() = default;  // none
  // `lines` as ReadSecretLines() gives them; `path` for messages.
  AgentTokens(const std::vector<std::string>& lines, const std::string& path);

  bool empty() const { return tokens_.empty(); }

  bool Knows(const std::string& token) const;
  bool Allows(const std::string& token, const std::string& id) const;

 private:
  struct Token {
    std::string id;  // "" for every one
    SecretDigest digest;
  };

  std::vector<Token> tokens_;
};

// The token of an Authorization header, if it is one of the two.
std::optional<std::string> TokenIn(const std::string& authorization);

}  // namespace ntm::agents
