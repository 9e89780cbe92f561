// Drops every privilege that a run no longer needs, once everything is open.
//
// Shape    in this order: identity and groups (from root only), capabilities,
//          no-new-privileges, Landlock, the filter of system calls; of the
//          calling thread, and of all threads that it starts later. If a step
//          fails, `on` warns and continues, `strict` refuses to start. Kept are
//          CAP_NET_RAW, to reopen an interface; CAP_NET_ADMIN if it is needed;
//          access to the files in `writable` and `readable`; sockets of the
//          families in use.
// Threads  on the main thread, while it is the only one, before any input is
//          read.
// Errors   ntm::Error with `strict`, and for a user that does not exist.
// Source   capabilities(7), landlock(7), seccomp(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ntm {

enum class SandboxMode : uint8_t { kOff, kOn, kStrict };

// The user that a process started as root changes to.
struct UserIds {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::string name;
};

// Returns `user`; if that is "", the user ntm, or an unused user ID if there is
// no such user. Throws ntm::Error (exit code 2) if `user` does not exist.
UserIds FindUser(const std::string& user);

// The user ID of nobody.
uint32_t NobodyUid();

struct SandboxSettings {
  SandboxMode mode = SandboxMode::kOn;
  std::optional<UserIds> user;  // nothing: stays who it is
  bool keeps_net_raw = true;
  bool keeps_net_admin = false;
  bool quiet = false;                 // what stays is told at debug
  std::vector<std::string> writable;  // folders
  std::vector<std::string> readable;  // folders and files, beside the system's
};

struct SandboxState {
  bool seccomp = false;
  int landlock = 0;  // the kernel's version of it; 0: not in force
  uint32_t uid = 0;
  std::string capabilities;  // "cap_net_raw", with commas; "" for none
};

SandboxState EnterSandbox(const SandboxSettings& settings);

}  // namespace ntm
