#include "ntm/base/wake_event.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>
#include <string>

#include "ntm/base/error.h"

namespace ntm {

WakeEvent::WakeEvent() : descriptor_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  if (descriptor_ < 0) {
    throw Error(std::string("cannot start a thread: ") + std::strerror(errno) +
                "; allow more open files (ulimit -n, LimitNOFILE=)");
  }
}

WakeEvent::~WakeEvent() { close(descriptor_); }

void WakeEvent::Wake() const noexcept {
  const uint64_t one = 1;
  // Fails only if the counter is full; the thread is then awake anyway.
  [[maybe_unused]] const ssize_t written = write(descriptor_, &one, sizeof one);
}

void WakeEvent::Take() const noexcept {
  uint64_t count = 0;
  [[maybe_unused]] const ssize_t got = read(descriptor_, &count, sizeof count);
}

}  // namespace ntm
