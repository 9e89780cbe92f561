// Divides the bandwidth of a link among classes of traffic.
//
// Units    any unit of bandwidth, the same for all values.
// Shape    1. Each claim gets the smaller of its min and its demand; if the
//          total cannot cover that, all are scaled down by the same factor. 2.
//          The rest is given by priority, the highest first, up to each claim's
//          demand, plus a buffer of a fifth from kBufferedPriority on, and
//          never more than its max. 3. Claims of the same priority share
//          max-min fairly: none is raised while another one that wants more has
//          less. So the sum never exceeds the total. NaN and negative values
//          count as 0.
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

// Returns one share for each claim, in the same order.
std::vector<double> Allocate(const std::vector<Claim>& claims, double total);

}  // namespace ntm::qos
