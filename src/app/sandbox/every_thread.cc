#include "every_thread.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <thread>

namespace ntm {
namespace {

constexpr std::chrono::seconds kMostWait{2};

// For the handler, which is given nothing else.
std::atomic<int (*)(const void*)> current_work = nullptr;
std::atomic<const void*> current_argument = nullptr;
std::atomic<int> first_error = 0;
std::atomic<int> finished = 0;

void Note(int error) {
  int none = 0;
  if (error != 0) first_error.compare_exchange_strong(none, error);
}

void Handle(int /*signal*/) {
  const int saved = errno;
  Note(current_work.load()(current_argument.load()));
  finished.fetch_add(1);
  errno = saved;
}

std::set<pid_t> Threads() {
  std::set<pid_t> ids;
  std::error_code error;
  std::filesystem::directory_iterator all("/proc/self/task", error);
  for (; !error && all != std::filesystem::directory_iterator();
       all.increment(error)) {
    ids.insert(std::atoi(all->path().filename().c_str()));
  }
  return ids;
}

// The thread sanitizer has a thread of its own, which reads nothing from
// outside and lets no signal in but the C library's for setuid().
bool IsSanitizers([[maybe_unused]] pid_t id, [[maybe_unused]] int signal) {
#if defined(__SANITIZE_THREAD__)
  constexpr std::string_view kBlocked = "SigBlk:\t";
  std::ifstream status("/proc/self/task/" + std::to_string(id) + "/status");
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(kBlocked)) continue;
    const uint64_t mask =
        std::stoull(line.substr(kBlocked.size()), nullptr, 16);
    return (mask >> (signal - 1) & 1) != 0;
  }
#endif
  return false;
}

bool WaitFor(int count) {
  const auto end = std::chrono::steady_clock::now() + kMostWait;
  while (finished.load() < count) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(100));
  }
  return true;
}

}  // namespace

int OnEveryThread(int (*work)(const void* argument), const void* argument) {
  current_work = work;
  current_argument = argument;
  first_error = 0;
  finished = 0;
  const int signal = SIGRTMIN;
  struct sigaction action = {};
  struct sigaction before = {};
  action.sa_handler = Handle;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  sigaction(signal, &action, &before);
  const auto own = static_cast<pid_t>(syscall(SYS_gettid));
  std::set<pid_t> reached = {own};
  int sent = 0;
  // One that is not reached yet may start another.
  for (bool is_new = true; is_new;) {
    is_new = false;
    for (const pid_t id : Threads()) {
      if (!reached.insert(id).second) continue;
      is_new = true;
      if (IsSanitizers(id, signal)) continue;
      if (syscall(SYS_tgkill, getpid(), id, signal) == 0) ++sent;
    }
    if (!WaitFor(sent)) {
      Note(ETIMEDOUT);
      break;
    }
  }
  // A late one must not find the default, which ends the process.
  before.sa_handler = SIG_IGN;
  before.sa_flags = 0;
  sigaction(signal, &before, nullptr);
  Note(work(argument));
  return first_error.load();
}

int CountThreads() { return static_cast<int>(Threads().size()); }

}  // namespace ntm
