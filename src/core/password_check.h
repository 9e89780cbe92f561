// Checks users' passwords against their hashes.
//
// Shape    a password that was right is remembered, by a salted digest, so that
//          only its first showing costs what crypt(3) costs; an unknown user
//          costs as much as a known one. Of checks that cost there are a few
//          per second at most: guessing cannot keep the processor.
// Threads  any; crypt(3) runs for one of them at a time.
// Errors   none.
// Source   crypt(3), crypt(5).
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <set>
#include <string>

#include "ntm/credentials.h"

namespace ntm {

class PasswordCheck {
 public:
  enum class Result : uint8_t { kRight, kWrong, kTooMany };

  explicit PasswordCheck(std::map<std::string, std::string> users);

  bool has_users() const { return !users_.empty(); }

  Result Check(const std::string& user, const std::string& password,
               std::chrono::steady_clock::time_point now);

 private:
  bool MayCost(std::chrono::steady_clock::time_point now);

  // Constant after construction
  std::map<std::string, std::string> users_;
  std::string salt_;

  std::mutex mutex_;
  std::set<SecretDigest> known_;  // right ones, at most a few per user
  double free_checks_;
  std::chrono::steady_clock::time_point counted_at_{};

  std::mutex cost_mutex_;
};

// Returns true iff crypt(3) makes `hash` of `password`.
bool HashMatches(const std::string& password, const std::string& hash);

}  // namespace ntm
