#include "password_check.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "ntm/error.h"

namespace ntm {
namespace {

constexpr double kBurst = 20;
constexpr double kPerSecond = 5;
constexpr size_t kSaltBytes = 32;

}  // namespace

bool HashMatches(const std::string& password, const std::string& hash) {
  // It ends at a zero byte: two passwords must not be one.
  if (password.find('\0') != std::string::npos) return false;
  const auto data = std::make_unique<crypt_data>();
  const char* made = crypt_r(password.c_str(), hash.c_str(), data.get());
  const bool is_same = made != nullptr &&
                       std::string_view(made).size() == hash.size() &&
                       CRYPTO_memcmp(made, hash.data(), hash.size()) == 0;
  OPENSSL_cleanse(data.get(), sizeof *data);
  return is_same;
}

PasswordCheck::PasswordCheck(std::map<std::string, std::string> users)
    : users_(std::move(users)), free_checks_(kBurst) {
  std::array<uint8_t, kSaltBytes> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) {
    throw Error("there is no randomness; is OpenSSL installed whole?");
  }
  salt_.assign(salt.begin(), salt.end());
}

PasswordCheck::Result PasswordCheck::Check(
    const std::string& user, const std::string& password,
    std::chrono::steady_clock::time_point now) {
  if (users_.empty()) return Result::kWrong;
  const auto found = users_.find(user);
  const SecretDigest shown = DigestOf(salt_ + user + '\0' + password);
  {
    const std::scoped_lock lock(mutex_);
    if (known_.contains(shown)) return Result::kRight;
    if (!MayCost(now)) return Result::kTooMany;
  }
  const std::string& hash =
      found == users_.end() ? users_.begin()->second : found->second;
  const std::scoped_lock costly(cost_mutex_);
  if (!HashMatches(password, hash) || found == users_.end()) {
    return Result::kWrong;
  }
  const std::scoped_lock lock(mutex_);
  // bcrypt leaves out what follows 72 bytes, so a password has many forms.
  if (known_.size() > 4 * users_.size()) known_.clear();
  known_.insert(shown);
  return Result::kRight;
}

bool PasswordCheck::MayCost(std::chrono::steady_clock::time_point now) {
  if (counted_at_ != std::chrono::steady_clock::time_point{}) {
    const std::chrono::duration<double> passed = now - counted_at_;
    free_checks_ = std::min(kBurst, free_checks_ + passed.count() * kPerSecond);
  }
  counted_at_ = now;
  if (free_checks_ < 1) return false;
  free_checks_ -= 1;
  return true;
}

}  // namespace ntm
