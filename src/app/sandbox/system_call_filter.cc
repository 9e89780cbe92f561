#include "system_call_filter.h"

#include <linux/netlink.h>
#include <linux/sched.h>
#include <seccomp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <initializer_list>
#include <string_view>

namespace ntm {
namespace {

constexpr std::array kAllowed{
    // files and descriptors
    "access", "chdir", "chmod", "close", "close_range", "creat", "dup", "dup2",
    "dup3", "faccessat", "faccessat2", "fadvise64", "fallocate", "fchmod",
    "fchmodat", "fchown", "fcntl", "fcntl64", "fdatasync", "flock", "fstat",
    "fstat64", "fstatat64", "fstatfs", "fstatfs64", "fsync", "ftruncate",
    "ftruncate64", "getcwd", "getdents", "getdents64", "getxattr", "ioctl",
    "lgetxattr", "link", "linkat", "lseek", "_llseek", "lstat", "lstat64",
    "mkdir", "mkdirat", "newfstatat", "open", "openat", "openat2", "pread64",
    "preadv", "preadv2", "pwrite64", "pwritev", "pwritev2", "read", "readahead",
    "readlink", "readlinkat", "readv", "rename", "renameat", "renameat2",
    "rmdir", "sendfile", "sendfile64", "splice", "stat", "stat64", "statfs",
    "statfs64", "statx", "sync_file_range", "truncate", "umask", "unlink",
    "unlinkat", "utime", "utimensat", "utimes", "write", "writev",
    // waiting
    "epoll_create", "epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2",
    "epoll_wait", "eventfd", "eventfd2", "_newselect", "pause", "pipe", "pipe2",
    "poll", "ppoll", "pselect6", "select", "signalfd4", "timerfd_create",
    "timerfd_gettime", "timerfd_settime", "inotify_init1", "inotify_add_watch",
    "inotify_rm_watch",
    // memory
    "brk", "get_mempolicy", "madvise", "membarrier", "memfd_create", "mincore",
    "mlock", "mmap", "mmap2", "mprotect", "mremap", "msync", "munlock",
    "munmap", "rseq",
    // threads and signals
    "arch_prctl", "exit", "exit_group", "futex", "futex_waitv",
    "get_robust_list", "get_thread_area", "gettid", "setpriority",
    "restart_syscall", "rt_sigaction", "rt_sigpending", "rt_sigprocmask",
    "rt_sigqueueinfo", "rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait",
    "sched_getaffinity", "sched_getparam", "sched_getscheduler",
    "sched_get_priority_max", "sched_get_priority_min", "sched_setaffinity",
    "sched_yield", "set_robust_list", "set_thread_area", "set_tid_address",
    "sigaltstack", "sigreturn", "tgkill", "prctl", "wait4", "waitid",
    // time
    "clock_getres", "clock_gettime", "clock_gettime64", "clock_nanosleep",
    "clock_nanosleep_time64", "gettimeofday", "nanosleep", "time", "times",
    // about itself and the machine
    "capget", "getcpu", "getegid", "geteuid", "getgid", "getgroups", "getpgrp",
    "getpid", "getppid", "getpriority", "setpriority", "getrandom", "getresgid",
    "getresuid", "getrlimit", "getrusage", "getsid", "getuid", "prlimit64",
    "sysinfo", "ugetrlimit", "uname",
    // sockets that are open
    "accept", "accept4", "bind", "connect", "getpeername", "getsockname",
    "getsockopt", "listen", "recv", "recvfrom", "recvmmsg", "recvmsg", "send",
    "sendmmsg", "sendmsg", "sendto", "setsockopt", "shutdown", "socketpair"};

// Calls that would give privileges, or take them from other processes.
constexpr std::array kRefused{"execve",
                              "execveat",
                              "ptrace",
                              "process_vm_readv",
                              "process_vm_writev",
                              "mount",
                              "umount2",
                              "pivot_root",
                              "chroot",
                              "setns",
                              "unshare",
                              "bpf",
                              "perf_event_open",
                              "init_module",
                              "finit_module",
                              "delete_module",
                              "kexec_load",
                              "reboot",
                              "keyctl",
                              "add_key",
                              "request_key",
                              "setuid",
                              "setgid",
                              "setresuid",
                              "setresgid",
                              "setreuid",
                              "setregid",
                              "setgroups",
                              "capset",
                              "kill",
                              "tkill",
                              "userfaultfd",
                              "io_uring_setup",
                              "vfork",
                              "fork",
                              "chown",
                              "lchown",
                              "fchownat",
                              "mknod",
                              "mknodat",
                              "swapon",
                              "settimeofday",
                              "clock_settime",
                              "sethostname"};

class Filter {
 public:
  Filter() : context_(seccomp_init(SCMP_ACT_ERRNO(ENOSYS))) {
    if (context_ == nullptr) error_ = ENOMEM;
  }
  ~Filter() {
    if (context_ != nullptr) seccomp_release(context_);
  }
  Filter(const Filter&) = delete;
  Filter& operator=(const Filter&) = delete;

  void Allow(const char* name) { Add(SCMP_ACT_ALLOW, name, {}); }
  void Refuse(const char* name) { Add(SCMP_ACT_ERRNO(EPERM), name, {}); }

  void AllowIf(const char* name, std::initializer_list<scmp_arg_cmp> if_all) {
    Add(SCMP_ACT_ALLOW, name, if_all);
  }

  void RefuseIf(const char* name, std::initializer_list<scmp_arg_cmp> if_all) {
    Add(SCMP_ACT_ERRNO(EPERM), name, if_all);
  }

  int Load() {
    if (error_ != 0) return error_;
    Note(seccomp_attr_set(context_, SCMP_FLTATR_CTL_TSYNC, 1));
    Note(seccomp_attr_set(context_, SCMP_FLTATR_CTL_NNP, 0));
    Note(seccomp_attr_set(context_, SCMP_FLTATR_CTL_OPTIMIZE, 2));
    if (error_ == 0) Note(seccomp_load(context_));
    return error_;
  }

 private:
  void Add(uint32_t action, const char* name,
           std::initializer_list<scmp_arg_cmp> if_all) {
    const int call = seccomp_syscall_resolve_name(name);
    // Unknown on this architecture or to this version of the library.
    if (call == __NR_SCMP_ERROR || error_ != 0) return;
    Note(seccomp_rule_add_array(context_, action, call,
                                static_cast<unsigned>(if_all.size()),
                                if_all.begin()));
  }

  void Note(int result) {
    if (result < 0 && error_ == 0) error_ = -result;
  }

  scmp_filter_ctx context_;
  int error_ = 0;
};

void AllowSockets(bool netfilter, Filter* filter) {
  // `type` may also have SOCK_NONBLOCK and SOCK_CLOEXEC.
  constexpr scmp_datum_t kTypeMask = 0xf;
  for (const int family : {AF_INET, AF_INET6}) {
    for (const int type : {SOCK_STREAM, SOCK_DGRAM}) {
      filter->AllowIf(
          "socket", {SCMP_A0_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)),
                     SCMP_A1_64(SCMP_CMP_MASKED_EQ, kTypeMask,
                                static_cast<scmp_datum_t>(type))});
    }
  }
  for (const int family : {AF_INET, AF_INET6}) {
    filter->RefuseIf(
        "socket", {SCMP_A0_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family)),
                   SCMP_A1_64(SCMP_CMP_MASKED_EQ, kTypeMask, SOCK_RAW)});
  }
  for (const int family : {AF_UNIX, AF_PACKET}) {
    filter->AllowIf(
        "socket", {SCMP_A0_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(family))});
  }
  for (const int protocol :
       {NETLINK_ROUTE, NETLINK_GENERIC, netfilter ? NETLINK_NETFILTER : 0}) {
    filter->AllowIf(
        "socket",
        {SCMP_A0_64(SCMP_CMP_EQ, AF_NETLINK),
         SCMP_A2_64(SCMP_CMP_EQ, static_cast<scmp_datum_t>(protocol))});
  }
}

}  // namespace

int FilterSystemCalls(bool netfilter) {
  Filter filter;
  for (const char* name : kAllowed) filter.Allow(name);
  AllowSockets(netfilter, &filter);
  // For threads only. A filter cannot see the flags of clone3, which are in
  // memory; with ENOSYS the C library uses clone instead.
  filter.AllowIf("clone",
                 {SCMP_A0_64(SCMP_CMP_MASKED_EQ, CLONE_THREAD, CLONE_THREAD)});
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  // For the sanitizers: the leak check stops all threads by ptrace.
  constexpr std::array kSanitizers{"ptrace", "clone", "personality", "kill",
                                   "tkill"};
  for (const char* name : kSanitizers) filter.Allow(name);
#else
  constexpr std::array<const char*, 0> kSanitizers{};
#endif
  for (const std::string_view name : kRefused) {
    if (std::ranges::find(kSanitizers, name) == kSanitizers.end()) {
      filter.Refuse(name.data());
    }
  }
  return filter.Load();
}

}  // namespace ntm
