// Tells the service manager how the program is: sd_notify(3)'s protocol, a
// datagram of "NAME=value" to the socket that NOTIFY_SOCKET names.
//
// Shape    silent where nobody asked to be told. The socket is connected at the
//          start, so that later no file need be reached; whatever confines the
//          process must leave it send() on that.
// Threads  main thread.
// Errors   none: a service manager that does not listen is its own loss.
// Source   sd_notify(3), sd_watchdog_enabled(3).
#pragma once

#include <chrono>
#include <string_view>

namespace ntm {

class ServiceState {
 public:
  // Takes NOTIFY_SOCKET and WATCHDOG_USEC out of the environment.
  ServiceState();
  ~ServiceState();
  ServiceState(const ServiceState&) = delete;
  ServiceState& operator=(const ServiceState&) = delete;

  // The program can do its work.
  void Ready();
  // Once per tick: it still does. Sent only where the manager watches, and at
  // most as often as it needs.
  void Alive(std::chrono::nanoseconds now);
  // It was asked to end and will.
  void Stopping();

 private:
  void Send(std::string_view text) const;

  int socket_ = -1;                           // -1: nobody listens
  std::chrono::nanoseconds interval_{0};      // 0: nobody watches
  std::chrono::nanoseconds next_alive_at_{};  // on the clock of Alive()
};

}  // namespace ntm
