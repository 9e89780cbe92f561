#include "trainer.h"

#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <utility>

#include "cpu_seconds.h"
#include "ntm/base/thread_work.h"

namespace ntm::forecast {
namespace {

constexpr double kSlice = 0.02;  // plus the time to the next call of pause()
constexpr int kNice = 19;

struct Stopped {};

void LowerPriority() {
  // On Linux this applies to the calling thread only. Fails if it is already
  // lower.
  (void)setpriority(PRIO_PROCESS, static_cast<id_t>(syscall(SYS_gettid)),
                    kNice);
}

}  // namespace

Trainer::~Trainer() {
  thread_.request_stop();
  wakes_.notify_all();
}

void Trainer::Submit(TrainingJob job) {
  const std::scoped_lock lock(mutex_);
  queue_.push_back(std::move(job));
  ++busy_;
  if (!thread_.joinable()) {
    thread_ = std::jthread([this](const std::stop_token& stop) {
      RunThread("ntm-forecast", stop, [&] { Run(stop); });
    });
  }
  wakes_.notify_one();
}

std::vector<TrainingJob> Trainer::Take() {
  const std::scoped_lock lock(mutex_);
  return std::exchange(done_, {});
}

size_t Trainer::waiting() const {
  const std::scoped_lock lock(mutex_);
  return busy_;
}

void Trainer::Train(TrainingJob* job, const std::stop_token& stop) {
  const double begin = CpuSeconds();
  double slice_begin = begin;
  const Pause pause = [&] {
    if (stop.stop_requested()) throw Stopped();
    const double slice = CpuSeconds() - slice_begin;
    job->longest_slice_seconds = std::max(job->longest_slice_seconds, slice);
    if (slice < kSlice) return;
    std::this_thread::sleep_for(std::chrono::duration<double>(slice));
    slice_begin = CpuSeconds();
  };
  Training& training = job->training;
  training.models.Train(training.time_series, training.anew, pause);
  pause();
  job->cpu_seconds = CpuSeconds() - begin;
}

void Trainer::Run(const std::stop_token& stop) {
  LowerPriority();
  while (true) {
    std::unique_lock lock(mutex_);
    wakes_.wait(lock, stop, [this] { return !queue_.empty(); });
    if (stop.stop_requested()) return;
    TrainingJob job = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    try {
      Train(&job, stop);
    } catch (const Stopped&) {
      return;
    } catch (...) {
      job.failed = true;
    }
    lock.lock();
    done_.push_back(std::move(job));
    --busy_;
  }
}

}  // namespace ntm::forecast
