// Checks users' passwords against their hashes.
//
// Shape    a right password is remembered as a salted digest, so that crypt(3),
//          which is slow, runs only for its first use. An unknown user takes as
//          long as a known one. Only a few calls of crypt(3) per second are
//          allowed, so that guessing cannot use up the CPU; each peer (peer.h)
//          may use only a part of them, so that one that guesses does not block
//          the others.
// Threads  any; crypt(3) runs on one thread at a time.
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

  // Checks without crypt(3). Returns nothing if CheckHash() must decide; the
  // attempt is then counted.
  std::optional<Result> CheckKnown(const std::string& peer,
                                   const std::string& user,
                                   const std::string& password,
                                   std::chrono::steady_clock::time_point now);
  // Checks with crypt(3), unless the password has become known meanwhile.
  Result CheckHash(const std::string& user, const std::string& password);

 private:
  using TimePoint = std::chrono::steady_clock::time_point;

  // A token bucket of calls of crypt(3).
  struct Bucket {
    double left = 0;
    TimePoint counted_at{};
  };

  bool Knows(const SecretDigest& shown);
  bool TakeAttempt(const std::string& peer, TimePoint now);
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

  std::mutex hash_mutex_;
};

// Returns true iff crypt(3) of `password` gives `hash`.
bool HashMatches(const std::string& password, const std::string& hash);

}  // namespace ntm
