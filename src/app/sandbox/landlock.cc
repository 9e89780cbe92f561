#include "landlock.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace ntm {
namespace {

// Newer than the headers that this is built with.
constexpr uint64_t kRefer = 1ULL << 13;        // version 2
constexpr uint64_t kTruncate = 1ULL << 14;     // version 3
constexpr uint64_t kIoctlDevice = 1ULL << 15;  // version 5

constexpr uint64_t kReading =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr uint64_t kWriting =
    LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_FILE |
    LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG |
    LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_SYM |
    LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | kRefer |
    kTruncate;
constexpr uint64_t kNever = LANDLOCK_ACCESS_FS_EXECUTE |
                            LANDLOCK_ACCESS_FS_MAKE_CHAR |
                            LANDLOCK_ACCESS_FS_MAKE_BLOCK | kIoctlDevice;
// The rights that a file can have; the others are for folders.
constexpr uint64_t kForFiles =
    LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | kTruncate;

uint64_t KnownTo(int version) {
  uint64_t known = kReading | kWriting | kNever;
  if (version < 2) known &= ~kRefer;
  if (version < 3) known &= ~kTruncate;
  if (version < 5) known &= ~kIoctlDevice;
  return known;
}

void Allow(int ruleset, const std::string& path, uint64_t access) {
  const int place = open(path.c_str(), O_PATH | O_CLOEXEC);
  if (place < 0) return;
  struct stat status = {};
  if (fstat(place, &status) == 0) {
    if (!S_ISDIR(status.st_mode)) access &= kForFiles;
    landlock_path_beneath_attr rule = {};
    rule.allowed_access = access;
    rule.parent_fd = place;
    syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule,
            0);
  }
  close(place);
}

}  // namespace

int LandlockVersion() noexcept {
  const auto version = syscall(SYS_landlock_create_ruleset, nullptr, 0,
                               LANDLOCK_CREATE_RULESET_VERSION);
  return version < 0 ? 0 : static_cast<int>(version);
}

int MakePathRules(const std::vector<std::string>& readable,
                  const std::vector<std::string>& writable) {
  const uint64_t known = KnownTo(LandlockVersion());
  landlock_ruleset_attr attributes = {};
  attributes.handled_access_fs = known;
  const auto ruleset = static_cast<int>(
      syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0));
  if (ruleset < 0) return -1;
  for (const std::string& path : readable) {
    Allow(ruleset, path, kReading & known);
  }
  for (const std::string& path : writable) {
    Allow(ruleset, path, (kReading | kWriting) & known);
  }
  return ruleset;
}

int ConfineToPaths(int rules) noexcept {
  return syscall(SYS_landlock_restrict_self, rules, 0) == 0 ? 0 : errno;
}

}  // namespace ntm
