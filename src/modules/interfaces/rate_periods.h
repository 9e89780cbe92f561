// The peak and the mean rate since the start, over the last hour and over the
// last day.
//
// Units    per second, ns since the epoch.
// Shape    the hour has 60 buckets of a minute, the day 96 buckets of 15
//          minutes. They include the current, incomplete bucket, so a period
//          can be up to one bucket shorter than its name. A mean is the amount
//          divided by the observed time.
// Threads  a value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ntm::interfaces {

struct RateFigures {
  double seconds = 0;  // observed; 0: the other members are not valid
  double peak_per_second = 0;
  int64_t peak_time_ns = 0;  // when it was reached first
  double mean_per_second = 0;
};

class RatePeriods {
 public:
  RatePeriods();

  // Adds the mean rate of the `seconds` that end at `time_ns`.
  void Add(int64_t time_ns, double seconds, double per_second);

  RateFigures SinceStart() const { return FiguresOf(all_); }
  RateFigures LastHour(int64_t now_ns) const { return hour_.Sum(now_ns); }
  RateFigures LastDay(int64_t now_ns) const { return day_.Sum(now_ns); }

 private:
  struct Bucket {
    int64_t number = -1;  // in bucket widths since the epoch; -1: empty
    double amount = 0;
    int64_t peak_time_ns = 0;
    double peak_per_second = 0;
    double seconds = 0;

    void Add(int64_t time_ns, double watched, double per_second);
  };

  class Ring {
   public:
    Ring(size_t buckets, int64_t width_ns);
    void Add(int64_t time_ns, double seconds, double per_second);
    RateFigures Sum(int64_t now_ns) const;

   private:
    int64_t width_ns_;
    std::vector<Bucket> buckets_;
  };

  static RateFigures FiguresOf(const Bucket& sum);

  Bucket all_;
  Ring hour_;
  Ring day_;
};

}  // namespace ntm::interfaces
