// Lets POST /-/reload ask for what SIGHUP asks for, and answers with how it
// went.
//
// Threads  the route's handler on the server's threads for what may block,
// where
//          it waits for the main thread; the rest on the main thread.
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
  // This must outlive it.
  Route MakeRoute();

  // Returns true iff somebody waits.
  bool IsAsked() const;
  // `error` is "" where it went well. For all who wait.
  void Answer(const std::string& error);
  // Nobody waits any longer, now or later.
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
