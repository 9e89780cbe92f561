// Decides when an alert begins and when it ends.
//
// A value that is over its rule's threshold for as long as the rule asks begins
// an alert; one that is past the recovery ends it. In between nothing changes,
// so that a value around the threshold makes one alert and not many; and for
// the rule's cool-down after its end no new one begins.
//
// Units    ns of a clock that only goes forward.
// Shape    a kind's mean is that of one check interval after the other; other
//          values count at each step. Who is not read any more has no alert:
//          it ends kQuietNs after the last reading.
// Threads  a value; one user at a time. Pure: no clock, no I/O.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "rule.h"

namespace ntm::alerts {

// One value at one step.
struct Reading {
  KindId kind = KindId::kCount;
  std::string subject;  // an interface, a class, an agent; "" for ntm itself
  double value = 0;
  double weight = 1;   // in a mean; 0 says nothing but that it is still there
  std::string detail;  // for the message
};

struct Change {
  enum class What : uint8_t { kBegan, kRecovered, kWentQuiet };
  What what = What::kBegan;
  KindId kind = KindId::kCount;
  std::string subject;
  double value = 0;    // of kBegan: what it was
  std::string detail;  // of kBegan
};

class Evaluator {
 public:
  static constexpr int64_t kQuietNs = 15'000'000'000;
  // What was firing before a restart may take longer to be read again.
  static constexpr int64_t kQuietAfterRestartNs = 180'000'000'000;

  Evaluator(const Rules& rules, std::chrono::milliseconds check_interval);

  // REQUIRES: now_ns is not before that of the call before.
  std::vector<Change> Step(int64_t now_ns,
                           const std::vector<Reading>& readings);

  // An alert that goes on from before a restart.
  void Resume(KindId kind, const std::string& subject, int64_t now_ns);

  // Somebody has ended it: it begins anew only after a recovery.
  void Silence(KindId kind, const std::string& subject);

  // Returns true iff it was read since it was resumed, or never was resumed.
  bool IsConfirmed(KindId kind, const std::string& subject) const;

 private:
  enum class State : uint8_t { kCalm, kFiring, kSilenced };
  struct Track {
    State state = State::kCalm;
    bool confirmed = true;
    std::optional<int64_t> over_since_ns;
    int64_t quiet_at_ns = 0;  // without a reading until then it is forgotten
    int64_t not_before_ns = 0;
    // Of the running check interval.
    int64_t check_began_ns = 0;
    double sum = 0;
    double weight = 0;
    std::string detail;
  };
  using Key = std::pair<KindId, std::string>;

  void Take(const Reading& reading, int64_t now_ns,
            std::vector<Change>* changes);
  void EndChecks(int64_t now_ns, std::vector<Change>* changes);
  void GoQuiet(const Key& key, Track* track, int64_t now_ns,
               std::vector<Change>* changes) const;
  void ForgetQuiet(int64_t now_ns, std::vector<Change>* changes);
  void Judge(const Key& key, Track* track, double value, int64_t since_ns,
             int64_t now_ns, std::vector<Change>* changes);

  Rules rules_;
  int64_t check_interval_ns_;
  std::map<Key, Track> tracks_;
};

}  // namespace ntm::alerts
