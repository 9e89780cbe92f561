// What a hub knows of its agents.
//
// Units    as in reports.h.
// Shape    at most kMaxAgents. Totals only grow: of one series an update adds
//          what came since the last; of another series, or of an agent without
//          one, a lower total has begun anew and adds itself. They end at
//          kMostBytes. An update that was taken already is known by its run and
//          sequence. An agent keeps its last kMaxPoints points, in memory.
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
  // Since this process runs; without it the totals can be a minute old.
  bool heard = false;
  bool told_active = false;  // what Age() has said last
  int64_t heard_ns = 0;
  double interval_seconds = 0;
  std::deque<AgentPoint> points;  // oldest first

  struct Total {
    int64_t last = 0;  // as the agent counts
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
  // The most that JSON's whole numbers and the database's hold alike.
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

  // Marks who is active, and tells who became it or ceased to be.
  std::vector<AgentSample> Age(int64_t now_ns);

  // Forgets who was not heard of since `before_ns`; tells who that was.
  std::vector<std::string> Expire(int64_t before_ns);

  // What has been taken since the last call.
  std::vector<AgentSample> TakeUpdates();

  const std::map<std::string, Agent>& agents() const { return agents_; }

  // Everything but the points and what they say of now.
  std::string ToJson() const;
  static AgentTable FromJson(const std::string& text);

 private:
  std::map<std::string, Agent> agents_;
  std::vector<AgentSample> updates_;
};

}  // namespace ntm::agents
