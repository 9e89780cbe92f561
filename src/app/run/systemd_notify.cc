#include "systemd_notify.h"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <charconv>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <string>

namespace ntm {
namespace {

std::string Take(const char* name) {
  const char* const value = std::getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

int64_t NumberOf(const std::string& text) {
  int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// `name` is a path or, with '@', an abstract name. Returns -1 on failure.
int Connect(const std::string& name) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (name.size() < 2 || name.size() >= sizeof address.sun_path ||
      (name[0] != '/' && name[0] != '@')) {
    return -1;
  }
  std::memcpy(address.sun_path, name.data(), name.size());
  if (name[0] == '@') address.sun_path[0] = '\0';
  const int descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  const auto size =
      static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  if (descriptor >= 0 &&
      connect(descriptor, reinterpret_cast<const sockaddr*>(&address), size) !=
          0) {
    close(descriptor);
    return -1;
  }
  return descriptor;
}

}  // namespace

SystemdNotifier::SystemdNotifier() : socket_(Connect(Take("NOTIFY_SOCKET"))) {
  const int64_t microseconds = NumberOf(Take("WATCHDOG_USEC"));
  const std::string watched = Take("WATCHDOG_PID");
  if (microseconds > 0 && (watched.empty() || NumberOf(watched) == getpid())) {
    interval_ = std::chrono::microseconds(microseconds) / 3;
  }
}

SystemdNotifier::~SystemdNotifier() {
  if (socket_ >= 0) close(socket_);
}

void SystemdNotifier::Ready() { Send("READY=1"); }

void SystemdNotifier::Alive(std::chrono::nanoseconds now) {
  if (interval_.count() == 0 || now < next_alive_at_) return;
  Send("WATCHDOG=1");
  next_alive_at_ = now + interval_;
}

void SystemdNotifier::Stopping() { Send("STOPPING=1"); }

void SystemdNotifier::Send(std::string_view text) const {
  if (socket_ < 0) return;
  // MSG_DONTWAIT: a service manager that does not read must not block the
  // ticks.
  [[maybe_unused]] const ssize_t sent =
      send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace ntm
