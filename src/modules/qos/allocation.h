// Shares a link out among classes of traffic.
//
// Units    whatever the caller counts in, the same for all; per second.
// Shape    1. Everyone gets the smaller of its min and its demand; where the
//             total cannot cover that, all of these in the same proportion.
//          2. What is left goes by priority, the highest first, up to what
//             each one wants: its demand, with a buffer of a fifth from
//             kBufferedPriority on, and never more than its max.
//          3. Those of one priority share max-min fairly: nobody gets more
//             while another one, that wants more, has less.
//          So the sum is never above the total. What is no number or negative
//          counts as 0.
// Threads  a pure function.
// Errors   none.
// Source   max-min fairness: Bertsekas, Gallager: Data Networks, section 6.5.2.
#pragma once

#include <limits>
#include <vector>

namespace ntm::qos {

inline constexpr int kBufferedPriority = 2;
inline constexpr double kBuffer = 1.2;

struct Claim {
  double demand = 0;
  double min = 0;
  double max = std::numeric_limits<double>::infinity();
  int priority = 0;
};

// One share for each claim, in their order.
std::vector<double> Allocate(const std::vector<Claim>& claims, double total);

}  // namespace ntm::qos
