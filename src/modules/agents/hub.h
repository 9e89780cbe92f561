// The hub: receives the updates of agents and serves them as JSON and metrics.
//
// Shape    routes and families for the content of AgentTable. The totals are
//          kept in agents.json in the state directory: written once a minute,
//          at exit, and when a new agent appears. Since agents push totals, a
//          hub that was killed recovers the rest with their next update. An
//          agent without an update for `expiry` is forgotten; the check runs
//          once an hour, so that a clock change does not remove agents that
//          still push. Per kNotifyInterval the log has at most one line for all
//          agents that became silent, and one for all that came back.
// Threads  OnTick() on the main thread; the handlers and Families() on any.
// Errors   none.
#pragma once

#include <prometheus/metric_family.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "accepted_ids.h"
#include "agent_table.h"
#include "agent_tokens.h"
#include "ntm/http/route.h"
#include "ntm/module/reports.h"
#include "state_file.h"

namespace ntm::agents {

class Hub {
 public:
  // Returns the current time in ns since the epoch.
  using Clock = std::function<int64_t()>;

  static constexpr std::chrono::hours kDefaultExpiry{30 * 24};
  static constexpr std::chrono::seconds kNotifyInterval{10};

  // With an empty `accepted` the routes exist but know no agent. `state` may be
  // nullptr: then nothing is kept over a restart.
  Hub(AcceptedIds accepted, AgentTokens tokens, Clock clock,
      std::unique_ptr<StateFile> state,
      std::chrono::nanoseconds expiry = kDefaultExpiry);
  ~Hub();
  Hub(const Hub&) = delete;
  Hub& operator=(const Hub&) = delete;

  std::shared_ptr<const AgentReport> OnTick(int64_t time_ns,
                                            std::chrono::nanoseconds elapsed);

  std::vector<prometheus::MetricFamily> Families() const;

  std::vector<Route> Routes();

 private:
  // The result of a POST of an update.
  enum class Verdict {
    kTaken,
    kRepeated,
    kUnauthorized,
    kUnknown,
    kInvalid,
    kConflict,
    kFull
  };
  static constexpr size_t kVerdicts = 7;

  void LogTurned(const std::vector<AgentSample>& turned,
                 std::chrono::nanoseconds elapsed);
  // Checks the header of an update before its body is read; counts refusals.
  std::optional<HttpResponse> JudgeHeader(const HttpRequest& request);
  // REQUIRES: JudgeHeader() did not refuse the request.
  HttpResponse ServeUpdate(const HttpRequest& request);
  // The checks that need only the header.
  std::optional<HttpResponse> RefuseHeader(const HttpRequest& request) const;
  void Count(Verdict verdict);
  HttpResponse Judge(const HttpRequest& request, Verdict* verdict);
  HttpResponse ServeAgent(
      const HttpRequest& request,
      const std::function<HttpResponse(const Agent*)>& answer) const;
  HttpResponse ServeHistory(const HttpRequest& request) const;
  HttpResponse ServeSummary() const;

  // Constant after construction
  AcceptedIds accepted_;
  AgentTokens tokens_;
  Clock clock_;
  std::chrono::nanoseconds expiry_;

  // Main thread only
  std::unique_ptr<StateFile> state_;
  std::chrono::nanoseconds since_saved_{};
  size_t saved_agents_ = 0;
  std::chrono::nanoseconds since_expired_{};
  std::chrono::nanoseconds since_told_ = kNotifyInterval;
  std::vector<std::string> active_;  // not logged yet
  std::vector<std::string> silent_;

  mutable std::mutex mutex_;
  AgentTable table_;                            // guarded by mutex_
  std::array<uint64_t, kVerdicts> verdicts_{};  // guarded by mutex_
  bool changed_ = false;  // since the last save; guarded by mutex_
};

}  // namespace ntm::agents
