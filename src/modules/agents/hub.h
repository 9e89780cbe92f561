// The hub: takes updates of agents and shows them.
//
// Shape    routes and families for what AgentTable knows. Its totals are kept
//          in agents.json in the state directory: written once a minute, at the
//          end, and as soon as an agent is new. Since agents push totals, what
//          a killed hub had not written comes back with their next update.
//          Who is not heard of for `expiry` is forgotten; that is looked at
//          once an hour, so that nobody goes when a clock is set who pushes
//          still. The log has one line in kNotifyInterval at most of all who
//          fell silent, one of all who came back.
// Threads  OnTick() on the main thread; the handlers and Families() on any.
// Errors   none but those of its parts' constructors.
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
  // Returns now, in ns since the epoch.
  using Clock = std::function<int64_t()>;

  static constexpr std::chrono::hours kDefaultExpiry{30 * 24};
  static constexpr std::chrono::seconds kNotifyInterval{10};

  // Accepting nobody, it still has its routes, and knows nobody. `state` may be
  // nullptr: nothing outlasts the process.
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
  // What became of a request to take an update.
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
  // By the header of an update alone, and counts what it refuses.
  std::optional<HttpResponse> JudgeHeader(const HttpRequest& request);
  // What JudgeHeader() has let pass.
  HttpResponse ServeUpdate(const HttpRequest& request);
  // Everything that needs no more than the header.
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
  std::vector<std::string> active_;  // to be told
  std::vector<std::string> silent_;

  mutable std::mutex mutex_;
  AgentTable table_;                            // guarded by mutex_
  std::array<uint64_t, kVerdicts> verdicts_{};  // guarded by mutex_
  bool changed_ = false;  // since it was saved; guarded by mutex_
};

}  // namespace ntm::agents
