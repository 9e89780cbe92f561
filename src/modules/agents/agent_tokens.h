// The tokens that a hub takes updates for.
//
// Shape    each line is a token, good for every agent, or "id:token", good for
//          that one. A client shows one as "Authorization: Bearer TOKEN", or as
//          the password of HTTP Basic, whatever the user's name, which is all
//          that agents in Python can do.
// Threads  constant after construction.
// Errors   the constructor throws ntm::Error for a file without a token or with
//          a line that is none; it tells the line's number, never the line.
// Source   RFC 6750 section 2.1 (Bearer), RFC 7617 (Basic). Tokens are compared
//          by their SHA-256, all of them each time, in constant time.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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
  using Digest = std::array<uint8_t, 32>;
  struct Token {
    std::string id;  // "" for every one
    Digest digest;
  };
  static Digest DigestOf(const std::string& token);

  std::vector<Token> tokens_;
};

// The token of an Authorization header, if it is one of the two.
std::optional<std::string> TokenIn(const std::string& authorization);

}  // namespace ntm::agents
