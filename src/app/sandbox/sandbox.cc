#include "sandbox.h"

#include <cap-ng.h>
#include <fmt/format.h>
#include <grp.h>
#include <pwd.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <system_error>

#include "landlock.h"
#include "ntm/base/error.h"
#include "system_call_filter.h"

namespace ntm {
namespace {

// Read by the system's libraries: names and services, certificates, the time
// zone, the kernel's counters.
constexpr std::array<const char*, 16> kSystemPaths{
    "/etc",         "/var/lib/misc", "/var/lib/NetworkManager",
    "/var/lib/kea", "/usr",          "/lib",
    "/lib64",       "/proc",         "/sys",
    "/run",         "/var/run",      "/var/lib/dhcp",
    "/dev/null",    "/dev/urandom",  "/dev/random",
    "/nix/store"};

// User IDs that systemd, Debian and the shadow tools do not assign (systemd,
// "Users, Groups, UIDs and GIDs"), for use if there is no user ntm.
constexpr uint32_t kFirstUnused = 60706;
constexpr uint32_t kLastUnused = 61183;

constexpr uint64_t Bit(int capability) { return uint64_t{1} << capability; }

uint64_t PermittedNow() {
  uint64_t permitted = 0;
  if (capng_get_caps_process() != 0) return 0;
  for (int i = 0; i <= CAP_LAST_CAP; ++i) {
    const auto capability = static_cast<unsigned>(i);
    if (capng_have_capability(CAPNG_PERMITTED, capability) != 0) {
      permitted |= Bit(i);
    }
  }
  return permitted;
}

#if defined(__SANITIZE_THREAD__)
constexpr int kExpectedThreads = 2;  // the sanitizer has one of its own
#else
constexpr int kExpectedThreads = 1;
#endif

int CountThreads() {
  int count = 0;
  std::error_code error;
  std::filesystem::directory_iterator all("/proc/self/task", error);
  for (; !error && all != std::filesystem::directory_iterator();
       all.increment(error)) {
    ++count;
  }
  return count;
}

// The following functions return 0 or an error number, and change only the
// calling thread.

int KeepCapabilities() {
  return prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

// Fails without CAP_SETPCAP, which is harmless: with no-new-privileges the
// bounding set grants nothing.
void EmptyBoundingSet() {
  for (int i = 0; i <= CAP_LAST_CAP; ++i) prctl(PR_CAPBSET_DROP, i, 0, 0, 0);
}

// Keeps the capabilities in `wanted` that are permitted, and no inheritable
// ones.
int SetCapabilities(uint64_t wanted) {
  prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
  const uint64_t kept = PermittedNow() & wanted;
  capng_clear(CAPNG_SELECT_CAPS);
  for (int i = 0; i <= CAP_LAST_CAP; ++i) {
    if ((kept & Bit(i)) == 0) continue;
    capng_update(CAPNG_ADD,
                 static_cast<capng_type_t>(CAPNG_EFFECTIVE | CAPNG_PERMITTED),
                 static_cast<unsigned>(i));
  }
  prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0);
  errno = EPERM;  // should the library say nothing
  return capng_apply(CAPNG_SELECT_CAPS) == 0 ? 0 : errno;
}

int RefuseNewPrivileges() {
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 ? 0 : errno;
}

class Dropping {
 public:
  explicit Dropping(const SandboxSettings& settings) : settings_(settings) {}

  SandboxState Run() {
    const uint64_t kept = (settings_.keeps_net_raw ? Bit(CAP_NET_RAW) : 0) |
                          (settings_.keeps_net_admin ? Bit(CAP_NET_ADMIN) : 0);
    LookForThreads();
    EmptyBoundingSet();
    BecomeUser();
    Check(SetCapabilities(kept), "capabilities stay");
    Check(RefuseNewPrivileges(), "new privileges are not refused");
    // Otherwise the files in /proc/self would still belong to root.
    prctl(PR_SET_DUMPABLE, 1, 0, 0, 0);
    SandboxState state;
    state.landlock = EnterLandlock();
    state.seccomp = Check(FilterSystemCalls(settings_.keeps_net_admin),
                          "system calls are not filtered");
    state.uid = geteuid();
    state.capabilities = NamesOf(PermittedNow());
    return state;
  }

 private:
  bool Check(int error, const std::string& what) {
    if (error == 0) return true;
    Complain(fmt::format("{}: {}", what, std::strerror(error)));
    return false;
  }

  void Complain(const std::string& what) const {
    if (settings_.mode == SandboxMode::kStrict) {
      throw Error("--sandbox strict: " + what +
                  "; allow it, or use --sandbox on");
    }
    spdlog::log(settings_.quiet ? spdlog::level::debug : spdlog::level::warn,
                "sandbox: {}", what);
  }

  // A thread that a library has started would keep its privileges.
  void LookForThreads() const {
    const int others = CountThreads() - kExpectedThreads;
    if (others > 0) {
      Complain(
          fmt::format("{} threads already run and keep their rights", others));
    }
  }

  void BecomeUser() {
    if (!settings_.user) {
      if (geteuid() == 0) Complain("it stays root");
      return;
    }
    const UserIds& user = *settings_.user;
    const uint64_t needed = Bit(CAP_SETUID) | Bit(CAP_SETGID);
    if ((PermittedNow() & needed) != needed) {
      Complain("it stays uid " + std::to_string(geteuid()) +
               ", because CAP_SETUID or CAP_SETGID is missing; its other "
               "privileges are dropped");
      return;
    }
    Check(KeepCapabilities(), "capabilities are lost");
    if (setgroups(0, nullptr) != 0 ||
        setresgid(user.gid, user.gid, user.gid) != 0 ||
        setresuid(user.uid, user.uid, user.uid) != 0) {
      Complain(fmt::format("it cannot become {} (uid {}): {}", user.name,
                           user.uid, std::strerror(errno)));
    }
  }

  int EnterLandlock() {
    const int version = LandlockVersion();
    if (version == 0) {
      Complain("the kernel has no Landlock");
      return 0;
    }
    std::vector<std::string> readable(kSystemPaths.begin(), kSystemPaths.end());
    readable.insert(readable.end(), settings_.readable.begin(),
                    settings_.readable.end());
    const int rules = MakePathRules(readable, settings_.writable);
    if (rules < 0) {
      Check(errno, "Landlock is not in force");
      return 0;
    }
    const bool done = Check(ConfineToPaths(rules), "Landlock is not in force");
    close(rules);
    return done ? version : 0;
  }

  static std::string NamesOf(uint64_t capabilities) {
    std::string names;
    const auto add = [&](int capability, const std::string& name) {
      if ((capabilities & Bit(capability)) == 0) return;
      names += (names.empty() ? "" : ",") + name;
      capabilities &= ~Bit(capability);
    };
    add(CAP_NET_ADMIN, "cap_net_admin");
    add(CAP_NET_RAW, "cap_net_raw");
    for (int i = 0; i <= CAP_LAST_CAP; ++i) add(i, std::to_string(i));
    return names;
  }

  const SandboxSettings& settings_;
};

}  // namespace

UserIds FindUser(const std::string& user) {
  const std::string name = user.empty() ? "ntm" : user;
  if (const passwd* found = getpwnam(name.c_str())) {
    return {found->pw_uid, found->pw_gid, name};
  }
  if (!user.empty()) {
    throw Error("--user: there is no user '" + user + "'", kExitUsage);
  }
  for (uint32_t id = kFirstUnused; id <= kLastUnused; ++id) {
    if (getpwuid(id) == nullptr && getgrgid(id) == nullptr) {
      return {id, id, "uid " + std::to_string(id)};
    }
  }
  throw Error(
      "there is no user ntm to run as; create one, or name another with "
      "--user",
      kExitUsage);
}

uint32_t NobodyUid() {
  const passwd* found = getpwnam("nobody");
  constexpr uint32_t kUsual = 65534;
  return found == nullptr ? kUsual : found->pw_uid;
}

SandboxState EnterSandbox(const SandboxSettings& settings) {
  return Dropping(settings).Run();
}

}  // namespace ntm
