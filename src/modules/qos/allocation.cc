#include "allocation.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <numeric>
#include <set>

namespace ntm::qos {
namespace {

double Amount(double value) { return value > 0 ? value : 0; }

// What a claim has already and what it wants in the end.
struct Seat {
  double has = 0;
  double wants = 0;
  int priority = 0;
};

// The level that `room` lifts these to: everyone below it is raised to it, or
// to what it wants. Returns the level.
double LevelOf(const std::vector<Seat*>& group, double room) {
  std::vector<double> edges;
  for (const Seat* seat : group) {
    edges.push_back(seat->has);
    edges.push_back(seat->wants);
  }
  std::ranges::sort(edges);
  double level = edges.front();
  for (const double edge : edges) {
    const auto rising = static_cast<double>(
        std::ranges::count_if(group, [level](const Seat* seat) {
          return seat->has <= level && seat->wants > level;
        }));
    const double cost = rising * (edge - level);
    if (cost > room) return level + room / rising;
    room -= cost;
    level = edge;
  }
  return level;
}

// Returns what is left of `room`.
double Fill(const std::vector<Seat*>& group, double room) {
  const double level = LevelOf(group, room);
  for (Seat* seat : group) {
    const double has = std::clamp(level, seat->has, seat->wants);
    room -= has - seat->has;
    seat->has = has;
  }
  return std::max(room, 0.0);
}

}  // namespace

std::vector<double> Allocate(const std::vector<Claim>& claims, double total) {
  total = Amount(total);
  std::vector<Seat> seats;
  std::set<int, std::greater<>> priorities;
  double guaranteed = 0;
  for (const Claim& claim : claims) {
    const double demand = Amount(claim.demand);
    const double max = Amount(claim.max);
    const double buffer = claim.priority >= kBufferedPriority ? kBuffer : 1.0;
    Seat seat;
    seat.wants = std::min(demand * buffer, max);
    seat.has = std::min({Amount(claim.min), demand, seat.wants});
    seat.priority = claim.priority;
    guaranteed += seat.has;
    priorities.insert(claim.priority);
    seats.push_back(seat);
  }
  if (guaranteed > total) {
    for (Seat& seat : seats) seat.has *= total / guaranteed;
  } else {
    double room = total - guaranteed;
    for (const int priority : priorities) {
      std::vector<Seat*> group;
      for (Seat& seat : seats) {
        if (seat.priority == priority) group.push_back(&seat);
      }
      room = Fill(group, room);
    }
  }
  std::vector<double> shares;
  for (const Seat& seat : seats) shares.push_back(seat.has);
  return shares;
}

}  // namespace ntm::qos
