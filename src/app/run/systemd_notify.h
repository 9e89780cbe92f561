// Notifies the service manager of the program's state with the protocol of
// sd_notify(3): a datagram "NAME=value" to the socket in NOTIFY_SOCKET.
//
// Shape    does nothing without NOTIFY_SOCKET. The socket is connected at
//          start, so that no file must be accessible later; a sandbox must
//          allow send() on it.
// Threads  main thread.
// Errors   none: failures are ignored.
// Source   sd_notify(3), sd_watchdog_enabled(3).
#pragma once

#include <chrono>
#include <string_view>

namespace ntm {

class SystemdNotifier {
 public:
  // Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID and removes them from
  // the environment.
  SystemdNotifier();
  ~SystemdNotifier();
  SystemdNotifier(const SystemdNotifier&) = delete;
  SystemdNotifier& operator=(const SystemdNotifier&) = delete;

  // The start is complete.
  void Ready();
  // Call it once per tick. Notifies the watchdog, if there is one, three times
  // per watchdog interval.
  void Alive(std::chrono::nanoseconds now);
  // The program is about to end.
  void Stopping();

 private:
  void Send(std::string_view text) const;

  int socket_ = -1;                           // -1: no NOTIFY_SOCKET
  std::chrono::nanoseconds interval_{0};      // 0: no watchdog
  std::chrono::nanoseconds next_alive_at_{};  // by the clock of Alive()
};

}  // namespace ntm
