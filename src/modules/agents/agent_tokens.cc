#include "agent_tokens.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <string_view>

#include "ntm/error.h"
#include "secret_file.h"
#include "traffic_update.h"

namespace ntm::agents {
namespace {

char Lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

// What follows the scheme and its blanks; nothing if it is another scheme.
std::optional<std::string_view> After(std::string_view header,
                                      std::string_view scheme) {
  const bool is_it =
      header.size() > scheme.size() && header[scheme.size()] == ' ' &&
      std::ranges::equal(header.substr(0, scheme.size()), scheme, {}, Lower);
  if (!is_it) return std::nullopt;
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

std::optional<std::string> Base64Decoded(std::string_view text) {
  constexpr size_t kGroup = 4;
  if (text.empty() || text.size() % kGroup != 0) return std::nullopt;
  const size_t padding = text.size() - 1 - text.find_last_not_of('=');
  if (text.find_last_not_of('=') == std::string_view::npos || padding > 2) {
    return std::nullopt;
  }
  std::vector<uint8_t> decoded(text.size());
  const int size = EVP_DecodeBlock(
      decoded.data(), reinterpret_cast<const uint8_t*>(text.data()),
      static_cast<int>(text.size()));
  if (size < static_cast<int>(padding)) return std::nullopt;
  return std::string(decoded.begin(),
                     decoded.begin() + size - static_cast<int>(padding));
}

}  // namespace

AgentTokens::AgentTokens(const std::vector<std::string>& lines,
                         const std::string& path) {
  for (size_t i = 0; i < lines.size(); ++i) {
    const size_t colon = lines[i].find(':');
    const bool is_bound = colon != std::string::npos;
    const std::string id = is_bound ? lines[i].substr(0, colon) : "";
    const std::string token = is_bound ? lines[i].substr(colon + 1) : lines[i];
    if ((is_bound && !IsAgentId(id)) || !IsToken(token)) {
      throw Error(
          fmt::format("--agents-token-file {}: what stands there as number {} "
                      "is neither a token nor id:token; a token has letters, "
                      "digits and - . _ ~ + / =",
                      path, i + 1));
    }
    tokens_.push_back({id, DigestOf(token)});
  }
  if (tokens_.empty()) {
    throw Error(
        fmt::format("--agents-token-file {}: holds no token; `openssl "
                    "rand -hex 32` makes one",
                    path));
  }
}

AgentTokens::Digest AgentTokens::DigestOf(const std::string& token) {
  Digest digest{};
  if (EVP_Digest(token.data(), token.size(), digest.data(), nullptr,
                 EVP_sha256(), nullptr) != 1) {
    throw Error("SHA-256 failed; is OpenSSL installed whole?");
  }
  return digest;
}

bool AgentTokens::Knows(const std::string& token) const {
  const Digest shown = DigestOf(token);
  bool known = false;
  for (const Token& own : tokens_) {
    known |= CRYPTO_memcmp(shown.data(), own.digest.data(), shown.size()) == 0;
  }
  return known;
}

bool AgentTokens::Allows(const std::string& token,
                         const std::string& id) const {
  const Digest shown = DigestOf(token);
  bool allowed = false;
  for (const Token& own : tokens_) {
    const bool is_same =
        CRYPTO_memcmp(shown.data(), own.digest.data(), shown.size()) == 0;
    allowed |= is_same && (own.id.empty() || own.id == id);
  }
  return allowed;
}

std::optional<std::string> TokenIn(const std::string& authorization) {
  if (const auto token = After(authorization, "bearer")) {
    return std::string(*token);
  }
  const auto basic = After(authorization, "basic");
  if (!basic) return std::nullopt;
  const auto pair = Base64Decoded(*basic);
  const size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return pair->substr(colon + 1);
}

}  // namespace ntm::agents
