// The state that a hub holds for each of its agents.
//
// Units    as in reports.h.
// Shape    at most kMaxAgents. Totals never decrease: within a series an update
//          adds the difference to the last one; in a new series, or for an
//          agent without series, a lower total means that the counter was
//          reset, and all of it is added. Totals saturate at kMostBytes. A
//          repeated update is recognized by its run and sequence. The last
//          kMaxPoints points of each agent are kept in memory.
// Threads  a value; one user at a time.
// Errors   FromJson() throws ntm::Error for a text that ToJson() did not write.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <vector>

#include "ntm/module/reports.h"
#include "traffic_update.h"

namespace ntm::agents {

struct AgentPoint {
  int64_t time_ns = 0;
  double receive_bytes_per_second = 0;
  double transmit_bytes_per_second = 0;
  uint64_t receive_bytes = 0;
  uint64_t transmit_bytes = 0;
};

struct Agent {
  AgentSample sample;
  // An update has arrived since this process started; until then the totals may
  // be a minute old.
  bool heard = false;
  bool told_active = false;  // as last reported by Age()
  int64_t heard_ns = 0;
  double interval_seconds = 0;
  std::deque<AgentPoint> points;  // oldest first

  struct Total {
    int64_t last = 0;  // the agent's own counter
    uint64_t total = 0;
  };
  Total receive;
  Total transmit;
  std::string series;
  std::string run;
  std::string former_run;
  uint64_t sequence = 0;  // of run
};

class AgentTable {
 public:
  static constexpr size_t kMaxAgents = 1000;
  static constexpr size_t kMaxPoints = 100;
  // The largest integer that both JSON and SQLite can hold.
  static constexpr uint64_t kMostBytes = uint64_t{INT64_MAX};

  enum class Result {
    kTaken,
    kRepeated,
    kTwoAgents,  // an earlier run is back: two processes push as this agent
    kFull,
  };

  // REQUIRES: the update's id is one that the hub accepts, and its totals are
  // not negative.
  Result Take(const TrafficUpdate& update, int64_t now_ns);

  // Updates which agents are active; returns those that changed.
  std::vector<AgentSample> Age(int64_t now_ns);

  // Removes agents without an update since `before_ns`; returns their ids.
  std::vector<std::string> Expire(int64_t before_ns);

  // The updates accepted since the last call.
  std::vector<AgentSample> TakeUpdates();

  const std::map<std::string, Agent>& agents() const { return agents_; }

  // Everything but the points, the rates and the load.
  std::string ToJson() const;
  static AgentTable FromJson(const std::string& text);

 private:
  std::map<std::string, Agent> agents_;
  std::vector<AgentSample> updates_;
};

}  // namespace ntm::agents
