#include "allocation.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <set>

namespace ntm::qos {
namespace {

double Amount(double value) { return value > 0 ? value : 0; }

// A claim's present share and its upper limit.
struct ClaimState {
  double has = 0;
  double wants = 0;
  int priority = 0;
};

// Water filling: returns the level to which `room` raises the shares of the
// group, each at most to what it wants.
double LevelOf(const std::vector<ClaimState*>& group, double room) {
  std::vector<double> edges;
  for (const ClaimState* state : group) {
    edges.push_back(state->has);
    edges.push_back(state->wants);
  }
  std::ranges::sort(edges);
  double level = edges.front();
  for (const double edge : edges) {
    const auto rising = static_cast<double>(
        std::ranges::count_if(group, [level](const ClaimState* state) {
          return state->has <= level && state->wants > level;
        }));
    const double cost = rising * (edge - level);
    if (cost > room) return level + room / rising;
    room -= cost;
    level = edge;
  }
  return level;
}

// Raises the shares of the group; returns the rest of `room`.
double Fill(const std::vector<ClaimState*>& group, double room) {
  const double level = LevelOf(group, room);
  for (ClaimState* state : group) {
    const double has = std::clamp(level, state->has, state->wants);
    room -= has - state->has;
    state->has = has;
  }
  return std::max(room, 0.0);
}

}  // namespace

std::vector<double> Allocate(const std::vector<Claim>& claims, double total) {
  total = Amount(total);
  std::vector<ClaimState> states;
  std::set<int, std::greater<>> priorities;
  double guaranteed = 0;
  for (const Claim& claim : claims) {
    const double demand = Amount(claim.demand);
    const double max = Amount(claim.max);
    const double buffer = claim.priority >= kBufferedPriority ? kBuffer : 1.0;
    ClaimState state;
    state.wants = std::min(demand * buffer, max);
    state.has = std::min({Amount(claim.min), demand, state.wants});
    state.priority = claim.priority;
    guaranteed += state.has;
    priorities.insert(claim.priority);
    states.push_back(state);
  }
  if (guaranteed > total) {
    for (ClaimState& state : states) state.has *= total / guaranteed;
  } else {
    double room = total - guaranteed;
    for (const int priority : priorities) {
      std::vector<ClaimState*> group;
      for (ClaimState& state : states) {
        if (state.priority == priority) group.push_back(&state);
      }
      room = Fill(group, room);
    }
  }
  std::vector<double> shares;
  for (const ClaimState& state : states) shares.push_back(state.has);
  return shares;
}

}  // namespace ntm::qos
