// Checks users' passwords against their hashes.
//
// Shape    a password that was right is remembered, by a salted digest, so that
//          only its first showing costs what crypt(3) costs; an unknown user
//          costs as much as a known one. Of checks that cost there are a few
//          per second at most: guessing cannot keep the processor; of one peer
//          (peer.h) fewer than of all, so that guessers leave some to others.
// Threads  any; crypt(3) runs for one of them at a time.
// Errors   none.
// Source   crypt(3), crypt(5).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "ntm/http/credentials.h"

namespace ntm {

class PasswordCheck {
 public:
  enum class Result : uint8_t { kRight, kWrong, kTooMany };

  explicit PasswordCheck(std::map<std::string, std::string> users);

  bool has_users() const { return !users_.empty(); }

  // What can be said without crypt(3); nothing where Hash() has to say it, and
  // may.
  std::optional<Result> AtOnce(const std::string& peer, const std::string& user,
                               const std::string& password,
                               std::chrono::steady_clock::time_point now);
  // Takes as long as the hash was made to take, unless the password has become
  // known by now.
  Result Hash(const std::string& user, const std::string& password);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // What may cost, filled up again with time.
  struct Bucket {
    double left = 0;
    TimePoint counted_at{};
  };

  bool Knows(const SecretDigest& shown);
  bool MayCost(const std::string& peer, TimePoint now);
  SecretDigest DigestFor(const std::string& user,
                         const std::string& password) const;

  // Constant after construction
  std::map<std::string, std::string> users_;
  std::string salt_;

  std::mutex mutex_;
  // Guarded
  std::set<SecretDigest> known_;  // right ones, at most a few per user
  Bucket all_;
  std::map<std::string, Bucket> peers_;

  std::mutex cost_mutex_;
};

// Returns true iff crypt(3) makes `hash` of `password`.
bool HashMatches(const std::string& password, const std::string& hash);

}  // namespace ntm
