// A lock for one busy thread that takes it all the time (the capture thread,
// once per batch) and others that take it rarely (a scrape, a tick). With a
// plain mutex the others could starve; here the busy thread waits as soon as
// another one does.
//
// Threads  LockBatch() by one thread; std::scoped_lock<BatchLock> by others, or
//          Announce() to several locks and then Take() of each, so that their
//          busy threads step aside at the same time.
// Errors   none.
#pragma once

#include <atomic>
#include <mutex>

namespace ntm {

class BatchLock {
 public:
  // The busy thread's turn; waits until nobody else wants it.
  std::unique_lock<std::mutex> LockBatch() {
    for (int waiting = waiting_.load(); waiting != 0;
         waiting = waiting_.load()) {
      waiting_.wait(waiting);
    }
    return std::unique_lock(mutex_);
  }

  void lock() {
    Announce();
    Take();
  }
  void unlock() { mutex_.unlock(); }

  void Announce() { waiting_.fetch_add(1); }
  // REQUIRES: announced, once for each time that it is taken.
  void Take() {
    mutex_.lock();
    waiting_.fetch_sub(1);
    waiting_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::atomic<int> waiting_ = 0;
};

}  // namespace ntm
