// What a client shows in an Authorization header, and how secrets are compared.
//
// Shape    "Bearer SECRET", or HTTP Basic, whose user may be empty.
// Threads  pure functions.
// Errors   DigestOf() throws ntm::Error where OpenSSL cannot work.
// Source   crypt(5); RFC 6750 section 2.1 (Bearer), RFC 7617 (Basic). Secrets
// are compared
//          by their SHA-256 in constant time, so that no answer's time tells
//          how much of one was right, or how long it is.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ntm {

struct Credentials {
  bool is_bearer = false;
  std::string user;    // "" of a bearer
  std::string secret;  // the token, or the password
};

// Nothing if it is neither of the two, or malformed.
std::optional<Credentials> CredentialsIn(std::string_view authorization);

using SecretDigest = std::array<uint8_t, 32>;

SecretDigest DigestOf(std::string_view secret);

bool IsSame(const SecretDigest& a, const SecretDigest& b) noexcept;

// Returns true iff it is a bcrypt hash ($2a$, $2b$ or $2y$).
bool IsBcrypt(std::string_view hash);

}  // namespace ntm
