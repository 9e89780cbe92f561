#include "ntm/http/credentials.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <cstddef>
#include <vector>

#include "ntm/base/error.h"
#include "ntm/exposition/accept_header.h"

namespace ntm {
namespace {

// The text after the scheme and its spaces; nothing for another scheme.
std::optional<std::string_view> After(std::string_view header,
                                      std::string_view scheme) {
  const bool is_it =
      header.size() > scheme.size() && header[scheme.size()] == ' ' &&
      EqualsIgnoringCase(header.substr(0, scheme.size()), scheme);
  if (!is_it) return std::nullopt;
  header.remove_prefix(scheme.size());
  header.remove_prefix(std::min(header.find_first_not_of(' '), header.size()));
  return header;
}

std::optional<std::string> Base64Decoded(std::string_view text) {
  constexpr size_t kGroup = 4;
  if (text.empty() || text.size() % kGroup != 0) return std::nullopt;
  const size_t last = text.find_last_not_of('=');
  if (last == std::string_view::npos) return std::nullopt;
  const size_t padding = text.size() - 1 - last;
  if (padding > 2) return std::nullopt;
  std::vector<uint8_t> decoded(text.size());
  const int size = EVP_DecodeBlock(
      decoded.data(), reinterpret_cast<const uint8_t*>(text.data()),
      static_cast<int>(text.size()));
  if (size < static_cast<int>(padding)) return std::nullopt;
  return std::string(decoded.begin(),
                     decoded.begin() + size - static_cast<int>(padding));
}

}  // namespace

std::optional<Credentials> CredentialsIn(std::string_view authorization) {
  if (const auto token = After(authorization, "bearer")) {
    return Credentials{true, "", std::string(*token)};
  }
  const auto basic = After(authorization, "basic");
  if (!basic) return std::nullopt;
  const auto pair = Base64Decoded(*basic);
  const size_t colon = pair ? pair->find(':') : std::string::npos;
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{false, pair->substr(0, colon), pair->substr(colon + 1)};
}

SecretDigest DigestOf(std::string_view secret) {
  SecretDigest digest{};
  if (EVP_Digest(secret.data(), secret.size(), digest.data(), nullptr,
                 EVP_sha256(), nullptr) != 1) {
    throw Error("OpenSSL failed to compute SHA-256; reinstall OpenSSL");
  }
  return digest;
}

bool IsSame(const SecretDigest& a, const SecretDigest& b) noexcept {
  return CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool IsBcrypt(std::string_view hash) {
  constexpr size_t kBytes = 60;
  constexpr std::string_view kSigns = "./$";
  const bool is_kind = hash.starts_with("$2a$") || hash.starts_with("$2b$") ||
                       hash.starts_with("$2y$");
  return is_kind && hash.size() == kBytes &&
         std::ranges::all_of(hash, [&](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                  (c >= 'A' && c <= 'Z') ||
                  kSigns.find(c) != std::string_view::npos;
         });
}

}  // namespace ntm
