// Keeps the newest Moment of an ntm, and the throughput of the last minutes.
//
// Shape    asks /api/live as often as ntm measures, at most once a second; for
//          the conversations /api/flows as well, if there is one. If ntm does
//          not answer, the last Moment stays, with the reason beside it.
// Threads  one thread.
// Errors   none; see fault().
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "live_client.h"
#include "moment.h"
#include "rate_graph.h"

namespace ntm::top {

class LiveFeedReader {
 public:
  LiveFeedReader(LiveServer server, Charset charset);

  // For the next question.
  void SetFlows(bool are_wanted, std::string_view order);

  // Waits as LiveClient::Wait() does, at most until the next question is due,
  // and asks it. Returns true if there is something new.
  bool Wait(std::span<const int> readable);

  const Moment& moment() const { return moment_; }
  const RateHistory& down() const { return down_; }
  const RateHistory& up() const { return up_; }
  const std::string& fault() const { return fault_; }
  // How often ntm has said something new.
  size_t moments() const { return moments_; }

 private:
  using Clock = std::chrono::steady_clock;

  bool Take(const LiveAnswer& answer);
  bool TakeLive(const LiveAnswer& answer);
  void Publish();

  const Charset charset_;
  LiveClient client_;
  bool wants_flows_ = false;
  std::string flow_order_ = "bytes_per_second";
  bool asks_flows_ = false;  // the question that is open
  Clock::time_point due_ = Clock::now();

  Moment next_;  // until its flows are there
  Moment moment_;
  RateHistory down_;
  RateHistory up_;
  std::string fault_ = "waiting for the first answer";
  size_t moments_ = 0;
};

}  // namespace ntm::top
