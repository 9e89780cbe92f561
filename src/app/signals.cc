#include "signals.h"

#include <algorithm>
#include <csignal>
#include <ctime>

namespace ntm::signals {
namespace {

sigset_t Terminating() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

sigset_t Reloading() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGHUP);
  return set;
}

}  // namespace

void Block() {
  const sigset_t set = Terminating();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void BlockReload() {
  const sigset_t set = Reloading();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

bool TakeReload() {
  const sigset_t set = Reloading();
  const timespec at_once{};
  return sigtimedwait(&set, nullptr, &at_once) > 0;
}

bool Wait(std::chrono::nanoseconds timeout) {
  const sigset_t set = Terminating();
  const auto ns = std::max<int64_t>(timeout.count(), 0);
  const timespec limit{ns / 1'000'000'000, ns % 1'000'000'000};
  return sigtimedwait(&set, nullptr, &limit) > 0;
}

}  // namespace ntm::signals
