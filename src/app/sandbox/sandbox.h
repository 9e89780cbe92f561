// Gives up every right that a run does not need, once all is open that needed
// more.
//
// Shape    in this order: identity and groups (from root only), capabilities,
//          no-new-privileges, Landlock, the filter of system calls; of the
//          calling thread, and so of all that it starts later. Where the kernel
//          or the rights at hand do not let one of them happen, `on` says so
//          and goes on, `strict` refuses. What stays: the captures'
//          CAP_NET_RAW, for an interface that comes back; CAP_NET_ADMIN where
//          asked for; files as `writable` and `readable` say; sockets of the
//          families in use.
// Threads  on the main thread, which is the only one yet, before the first byte
//          from outside is read.
// Errors   ntm::Error with `strict`, and for a user that does not exist.
// Source   capabilities(7), landlock(7), seccomp(2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace ntm {

enum class SandboxMode : uint8_t { kOff, kOn, kStrict };

// Who a process of root's is to become.
struct UserIds {
  uint32_t uid = 0;
  uint32_t gid = 0;
  std::string name;
};

// `user`, or where that is "" ntm if there is one, else a user ID that no
// account of this machine has. Throws ntm::Error (exit code 2) for a user that
// does not exist.
UserIds FindUser(const std::string& user);

// Of the user nobody.
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
