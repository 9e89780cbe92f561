// Parses the Authorization header and compares secrets.
//
// Shape    "Bearer SECRET", or HTTP Basic, whose user may be empty. Secrets are
//          compared by their SHA-256 in constant time, so that the response
//          time reveals neither their length nor how much of a guess is right.
// Threads  pure functions.
// Errors   DigestOf() throws ntm::Error if OpenSSL fails.
// Source   crypt(5); RFC 6750 section 2.1 (Bearer), RFC 7617 (Basic).
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace ntm {

struct Credentials {
  bool is_bearer = false;
  std::string user;    // "" with a bearer token
  std::string secret;  // the token, or the password
};

// Returns nothing for another scheme or a malformed header.
std::optional<Credentials> CredentialsIn(std::string_view authorization);

using SecretDigest = std::array<uint8_t, 32>;

SecretDigest DigestOf(std::string_view secret);

bool IsSame(const SecretDigest& a, const SecretDigest& b) noexcept;

// Returns true iff it is a bcrypt hash ($2a$, $2b$ or $2y$).
bool IsBcrypt(std::string_view hash);

}  // namespace ntm
