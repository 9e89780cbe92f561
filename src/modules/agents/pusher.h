// The agent: pushes the rates and totals of this machine to a hub.
//
// Shape    while the hub cannot be reached, updates are queued in memory, at
//          most kQueueLimit, and each is retried until the hub accepts it. One
//          log line whenever the result changes, one per push at level debug.
// Threads  OnTick() on the main thread, which never waits for the hub; pushes
//          on a thread of its own ("ntm-push"); Families() from any.
// Errors   the constructor throws ntm::Error for unusable files and for a token
//          that would be sent unencrypted to another machine.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "machine_load.h"
#include "ntm/http/http_post.h"
#include "ntm/http/http_target.h"
#include "ntm/module/reports.h"
#include "push_meter.h"
#include "push_queue.h"
#include "state_file.h"

namespace ntm::agents {

struct PushSettings {
  std::string url;  // "": no agent
  std::string id;   // "": the host's name
  std::string token_file;
  std::string ca_file;
  std::chrono::milliseconds interval = std::chrono::seconds(5);
  bool insecure = false;
};

// Throws what the constructor of Pusher would throw for these settings; files
// that this user cannot read are not checked.
void CheckPush(PushSettings settings);

class Pusher {
 public:
  // Almost 14 hours at an interval of 5 s.
  static constexpr size_t kQueueLimit = 10'000;

  explicit Pusher(const PushSettings& settings);
  ~Pusher();
  // From now on it pushes: its thread.
  void Start();
  Pusher(const Pusher&) = delete;
  Pusher& operator=(const Pusher&) = delete;

  void OnTick(const InterfaceReport& report, std::chrono::nanoseconds elapsed);

  std::vector<prometheus::MetricFamily> Families() const;

 private:
  // The result of a push; the failures are values of the label "reason".
  enum class Ending {
    kTaken,
    kUnreachable,
    kTimedOut,
    kUntrusted,
    kRefused,
    kRejected,
    kHubFault,
    kStopped
  };
  static constexpr size_t kEndings = 8;

  static Ending EndingOf(const PostResult& result);
  static const char* NameOf(Ending ending);
  void SaveState(std::chrono::nanoseconds elapsed);
  void Run(const std::stop_token& stop);
  void Push(const TrafficUpdate& update);
  void Note(const PostResult& result, Ending ending, size_t waiting);

  // Constant after construction
  HttpTarget target_;
  std::string id_;

  // Main thread only
  StateFile state_file_;
  PushMeter meter_;
  MachineLoad load_;
  std::chrono::nanoseconds since_saved_{};
  bool saved_ = false;

  // thread_ only
  HttpPost post_;
  std::optional<Ending> told_;
  int told_status_ = 0;

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  PushQueue queue_;                           // guarded by mutex_
  std::array<uint64_t, kEndings> endings_{};  // guarded by mutex_
  bool up_ = false;                           // guarded by mutex_

  std::jthread thread_;
};

}  // namespace ntm::agents
