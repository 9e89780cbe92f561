// Handles POST /-/reload: requests a reload, like SIGHUP, and responds with its
// result.
//
// Threads  the route's handler runs on a thread of the server that may block,
//          and waits for the main thread; the rest on the main thread.
// Errors   none.
// Source   the lifecycle API of Prometheus.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>

#include "ntm/http/route.h"

namespace ntm {

class ReloadEndpoint {
 public:
  // This object must outlive the route.
  Route MakeRoute();

  // Returns true iff a request is waiting for a reload.
  bool IsAsked() const;
  // Ends all waiting requests; `error` is "" after a successful reload.
  void Answer(const std::string& error);
  // Ends all waiting requests, and all later ones at once.
  void Close();

 private:
  HttpResponse Ask();

  mutable std::mutex mutex_;
  std::condition_variable answered_;
  // Guarded
  uint64_t asked_ = 0;
  uint64_t done_ = 0;
  std::string error_;
  bool closed_ = false;
};

}  // namespace ntm
