#include "anonymize_key.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "ntm/base/descriptor.h"
#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"
#include "ntm/base/state_directory.h"

namespace ntm {
namespace {

constexpr char kFileName[] = "anonymize.key";

[[noreturn]] void FailKey(const std::string& what, const std::string& path,
                          int error) {
  throw Error("cannot " + what + " the key of --anonymize, " + path + ": " +
              std::strerror(error) +
              "; name another file with --anonymize-key");
}

void WarnIfOthersRead(const std::string& path, mode_t mode) {
  if ((mode & (S_IRWXG | S_IRWXO)) == 0) return;
  spdlog::warn(
      "{}: other users can access the key (mode {:o}) and undo --anonymize "
      "with it; chmod 600 it",
      path, mode & 07777U);
}

// Returns nothing if the file does not exist.
std::optional<Anonymizer::Key> Load(const std::string& path) {
  // O_NONBLOCK: a FIFO must not block the start.
  const Descriptor file(KeptPlace(path).Open(O_RDONLY | O_NONBLOCK));
  if (file.get() < 0 && errno == ENOENT) return std::nullopt;
  if (file.get() < 0) FailKey("read", path, errno);
  struct stat status = {};
  if (fstat(file.get(), &status) != 0) FailKey("read", path, errno);
  if (!S_ISREG(status.st_mode)) {
    throw Error(path + " is not a regular file; name one with --anonymize-key");
  }
  if (status.st_size != static_cast<off_t>(Anonymizer::kKeyBytes)) {
    throw Error(path + " has " + std::to_string(status.st_size) +
                " bytes, but a key of --anonymize has " +
                std::to_string(Anonymizer::kKeyBytes) +
                "; name another file, or remove this one to create a new key");
  }
  Anonymizer::Key key;
  const ssize_t got = read(file.get(), key.data(), key.size());
  if (got != static_cast<ssize_t>(key.size())) {
    FailKey("read", path, got < 0 ? errno : EIO);
  }
  WarnIfOthersRead(path, status.st_mode);
  return key;
}

Anonymizer::Key RandomKey(const std::string& path) {
  Anonymizer::Key key;
  if (getrandom(key.data(), key.size(), 0) !=
      static_cast<ssize_t>(key.size())) {
    FailKey("create", path, errno);
  }
  return key;
}

// Writes a temporary file first, so that no process reads an incomplete key.
void Make(const std::string& path) {
  const KeptPlace place(path);
  if (!place.MakeFolder()) FailKey("create a folder for", path, errno);
  const Anonymizer::Key key = RandomKey(path);
  const std::string own = place.path();
  std::string draft = own + ".XXXXXX";
  const Descriptor file(mkostemp(draft.data(), O_CLOEXEC));  // mode 0600
  if (file.get() < 0) FailKey("create", path, errno);
  int error = 0;
  const ssize_t written = write(file.get(), key.data(), key.size());
  if (written != static_cast<ssize_t>(key.size())) {
    error = written < 0 ? errno : ENOSPC;
  } else if (fsync(file.get()) != 0 ||
             (link(draft.c_str(), own.c_str()) != 0 && errno != EEXIST)) {
    error = errno;
  }
  unlink(draft.c_str());
  if (error != 0) FailKey("create", path, error);
}

}  // namespace

std::string DefaultAnonymizeKeyPath() {
  const std::string folder = StateDirectory();
  if (folder.empty()) {
    throw Error(
        "cannot find a folder for the key of --anonymize: neither "
        "STATE_DIRECTORY nor HOME is set; name a file with --anonymize-key");
  }
  return folder + "/" + kFileName;
}

Anonymizer::Key LoadOrMakeAnonymizeKey(const std::string& path) {
  if (const auto key = Load(path)) return *key;
  Make(path);
  if (const auto key = Load(path)) {
    spdlog::info("created the key of --anonymize, {}; keep it secret", path);
    return *key;
  }
  FailKey("read", path, ENOENT);
}

}  // namespace ntm
