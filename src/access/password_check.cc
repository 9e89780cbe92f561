#include "password_check.h"

#include <crypt.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "ntm/access/peer.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr double kBurst = 20;
constexpr double kPerSecond = 5;
constexpr double kBurstPerPeer = 5;
constexpr double kPerSecondPerPeer = 1;
// At this number, peers whose bucket is full again are forgotten, or all.
constexpr size_t kMaxPeers = 1024;
constexpr size_t kSaltBytes = 32;

}  // namespace

bool HashMatches(const std::string& password, const std::string& hash) {
  // crypt_r() would ignore everything after a NUL.
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
    : users_(std::move(users)), all_{kBurst, {}} {
  std::array<uint8_t, kSaltBytes> salt{};
  if (RAND_bytes(salt.data(), static_cast<int>(salt.size())) != 1) {
    throw Error("OpenSSL cannot make random numbers; reinstall OpenSSL");
  }
  salt_.assign(salt.begin(), salt.end());
}

SecretDigest PasswordCheck::DigestFor(const std::string& user,
                                      const std::string& password) const {
  return DigestOf(salt_ + user + '\0' + password);
}

bool PasswordCheck::Knows(const SecretDigest& shown) {
  const std::scoped_lock lock(mutex_);
  return known_.contains(shown);
}

std::optional<PasswordCheck::Result> PasswordCheck::CheckKnown(
    const std::string& peer, const std::string& user,
    const std::string& password, TimePoint now) {
  if (users_.empty()) return Result::kWrong;
  if (Knows(DigestFor(user, password))) return Result::kRight;
  if (!TakeAttempt(PeerText(OnePeer(peer)), now)) return Result::kTooMany;
  return std::nullopt;
}

PasswordCheck::Result PasswordCheck::CheckHash(const std::string& user,
                                               const std::string& password) {
  if (users_.empty()) return Result::kWrong;
  const auto found = users_.find(user);
  const SecretDigest shown = DigestFor(user, password);
  const std::string& hash =
      found == users_.end() ? users_.begin()->second : found->second;
  const std::scoped_lock hashing(hash_mutex_);
  if (Knows(shown)) return Result::kRight;
  if (!HashMatches(password, hash) || found == users_.end()) {
    return Result::kWrong;
  }
  const std::scoped_lock lock(mutex_);
  // bcrypt ignores all bytes after the 72nd, so a user has many right
  // passwords.
  if (known_.size() > 4 * users_.size()) known_.clear();
  known_.insert(shown);
  return Result::kRight;
}

bool PasswordCheck::TakeAttempt(const std::string& peer, TimePoint now) {
  const auto fill = [now](Bucket* bucket, double burst, double per_second) {
    if (bucket->counted_at != TimePoint{}) {
      const std::chrono::duration<double> passed = now - bucket->counted_at;
      bucket->left =
          std::min(burst, bucket->left + passed.count() * per_second);
    }
    bucket->counted_at = now;
  };
  const std::scoped_lock lock(mutex_);
  if (peers_.size() >= kMaxPeers) {
    std::erase_if(peers_, [&](const auto& entry) {
      Bucket bucket = entry.second;
      fill(&bucket, kBurstPerPeer, kPerSecondPerPeer);
      return bucket.left >= kBurstPerPeer;
    });
    if (peers_.size() >= kMaxPeers) peers_.clear();
  }
  Bucket& own =
      peers_.try_emplace(peer, Bucket{kBurstPerPeer, {}}).first->second;
  fill(&own, kBurstPerPeer, kPerSecondPerPeer);
  fill(&all_, kBurst, kPerSecond);
  if (own.left < 1 || all_.left < 1) return false;
  own.left -= 1;
  all_.left -= 1;
  return true;
}

}  // namespace ntm
