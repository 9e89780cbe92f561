// Trains models on a background thread.
//
// Shape    one training at a time, at nice 19, in slices of at most 50 ms of
//          CPU time with a pause of the same length after each. The thread is
//          started with the first training.
// Threads  Submit() and Take() from any thread. The destructor aborts a running
//          training within a slice.
// Errors   a training that throws is returned with `failed` set.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "forecaster.h"
#include "series_name.h"

namespace ntm::forecast {

struct TrainingJob {
  SeriesName name;
  Training training;
  double cpu_seconds = 0;
  double longest_slice_seconds = 0;
  bool failed = false;
};

class Trainer {
 public:
  Trainer() = default;
  ~Trainer();
  Trainer(const Trainer&) = delete;
  Trainer& operator=(const Trainer&) = delete;

  void Submit(TrainingJob job);
  // The finished trainings.
  std::vector<TrainingJob> Take();
  // The number of jobs that are queued or running.
  size_t waiting() const;

 private:
  void Run(const std::stop_token& stop);
  void Train(TrainingJob* job, const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any wakes_;
  std::deque<TrainingJob> queue_;
  std::vector<TrainingJob> done_;
  size_t busy_ = 0;
  std::jthread thread_;  // last, since it uses the other members
};

}  // namespace ntm::forecast
