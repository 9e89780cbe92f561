// Learns on a thread of its own, so that nothing waits for it.
//
// Shape    one training at a time, in slices of at most 50 ms of CPU time with
//          as long a rest after each; nice 19. The thread starts with the
//          first.
// Threads  Submit() and Take() from any thread. The destructor ends what is
//          being trained within a slice.
// Errors   a training that throws is given up, and counted by who asks for it.
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
  // What is trained, if anything.
  std::vector<TrainingJob> Take();
  // How many are waiting or being trained.
  size_t waiting() const;

 private:
  void Run(const std::stop_token& stop);
  void Train(TrainingJob* job, const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any wakes_;
  std::deque<TrainingJob> queue_;
  std::vector<TrainingJob> done_;
  size_t busy_ = 0;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace ntm::forecast
