// Decides when an alert begins and when it ends. An alert begins when the value
// has been over the rule's threshold for the rule's pending time, and ends when
// the value passes the recovery. Between threshold and recovery nothing changes
// (hysteresis), so that a value that varies around the threshold causes one
// alert. After an alert has ended, no new one begins during the rule's
// cool-down.
//
// Units    ns of a clock that only goes forward.
// Shape    kinds with is_mean are averaged over each check interval; other
//          values are judged at every step. A subject without readings has no
//          alert: its alert ends kQuietNs after the last reading.
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
  double weight = 1;   // in a mean; 0: no value, but the subject still exists
  std::string detail;  // for the message
};

struct Change {
  enum class What : uint8_t { kBegan, kRecovered, kWentQuiet };
  What what = What::kBegan;
  KindId kind = KindId::kCount;
  std::string subject;
  double value = 0;    // of kBegan: the value that caused it
  std::string detail;  // of kBegan
};

class Evaluator {
 public:
  static constexpr int64_t kQuietNs = 15'000'000'000;
  // After a restart it may take longer until the first reading.
  static constexpr int64_t kQuietAfterRestartNs = 180'000'000'000;

  Evaluator(const Rules& rules, std::chrono::milliseconds check_interval);

  // REQUIRES: now_ns does not decrease from call to call.
  std::vector<Change> Step(int64_t now_ns,
                           const std::vector<Reading>& readings);

  // Continues an alert that was open before a restart.
  void Resume(KindId kind, const std::string& subject, int64_t now_ns);

  // The alert was ended by hand: it can begin again only after a recovery.
  void Silence(KindId kind, const std::string& subject);

  // Returns true iff there was a reading since Resume(), or no Resume().
  bool IsConfirmed(KindId kind, const std::string& subject) const;

 private:
  enum class State : uint8_t { kCalm, kFiring, kSilenced };
  struct Track {
    State state = State::kCalm;
    bool confirmed = true;
    std::optional<int64_t> over_since_ns;
    int64_t quiet_at_ns = 0;  // forgotten then unless it is read
    int64_t not_before_ns = 0;
    // Of the current check interval.
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
