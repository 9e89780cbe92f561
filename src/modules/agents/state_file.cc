#include "state_file.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"
#include "ntm/base/state_directory.h"
#include "ntm/base/thread_work.h"

namespace ntm::agents {
namespace {

// Returns 0 or errno.
int WriteAll(int file, const std::string& text) {
  size_t done = 0;
  while (done < text.size()) {
    const ssize_t wrote = write(file, text.data() + done, text.size() - done);
    if (wrote < 0 && errno != EINTR) return errno;
    if (wrote > 0) done += static_cast<size_t>(wrote);
  }
  return fsync(file) == 0 ? 0 : errno;
}

int Replace(const std::string& path, const std::string& text) {
  const KeptPlace place(path + ".new");
  const std::string draft = place.path();
  unlink(draft.c_str());
  const int file = place.Open(O_WRONLY | O_CREAT | O_EXCL);
  if (file < 0) return errno;
  int error = WriteAll(file, text);
  close(file);
  const std::string own = KeptPlace(path).path();
  if (error == 0 && rename(draft.c_str(), own.c_str()) != 0) error = errno;
  if (error != 0) unlink(draft.c_str());
  return error;
}

// nullopt if there is no file; throws ntm::Error if it cannot be read.
std::optional<std::string> ReadWhole(const std::string& path) {
  const int file = KeptPlace(path).Open(O_RDONLY);
  if (file < 0 && errno == ENOENT) return std::nullopt;
  std::string text;
  std::array<char, 65536> block{};
  ssize_t got = file < 0 ? -1 : 0;
  while (file >= 0 && (got = read(file, block.data(), block.size())) > 0) {
    text.append(block.data(), static_cast<size_t>(got));
  }
  const int error = errno;
  if (file >= 0) close(file);
  if (got < 0) throw Error(std::strerror(error));
  return text;
}

}  // namespace

StateFile::StateFile(const std::string& name, std::string what,
                     const std::string& folder)
    : what_(std::move(what)) {
  Open(folder.empty() ? StateDirectory() : folder, name);
}

StateFile::~StateFile() {
  if (thread_.joinable()) {
    thread_.request_stop();
    thread_.join();
  }
  if (lock_ >= 0) close(lock_);
}

void StateFile::Open(const std::string& folder, const std::string& name) {
  const std::string path = folder + "/" + name;
  std::string why = "neither STATE_DIRECTORY nor HOME is set";
  if (!folder.empty()) {
    KeptPlace(path).MakeFolder();
    lock_ = KeptPlace(path + ".lock").Open(O_RDWR | O_CREAT);
    if (lock_ < 0) {
      why = path + ".lock: " + std::strerror(errno);
    } else if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      why = path + ": another ntm uses it";
    } else {
      path_ = path;
    }
  }
  if (path_.empty()) {
    spdlog::warn(
        "{} will not be kept over a restart: {}; set STATE_DIRECTORY to a "
        "directory that ntm can write to",
        what_, why);
    return;
  }
  try {
    content_ = ReadWhole(path_);
  } catch (const Error& error) {
    SetAside(error.what());
  }
}

void StateFile::SetAside(const std::string& why) {
  const KeptPlace place(path_);
  const std::string own = place.path();
  const bool moved = rename(own.c_str(), (own + ".bad").c_str()) == 0;
  spdlog::warn("{} cannot be read: {}; {} start from zero{}", path_, why, what_,
               moved ? ", the file is kept as " + path_ + ".bad" : "");
  content_.reset();
}

void StateFile::Save(std::string text) {
  if (path_.empty()) return;
  {
    const std::scoped_lock lock(mutex_);
    pending_ = std::move(text);
    changed_.notify_one();
  }
  if (thread_.joinable()) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    RunThread("ntm-state", stop, [&] { Run(stop); });
  });
}

void StateFile::Run(const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, stop, [this] { return pending_.has_value(); });
    if (!pending_) return;
    const std::string text = *std::exchange(pending_, std::nullopt);
    lock.unlock();
    Write(text);
    lock.lock();
  }
}

void StateFile::Write(const std::string& text) {
  const int error = Replace(path_, text);
  if (error != 0 && !failed_) {
    spdlog::warn("{} cannot be written: {}; {} are kept in memory only", path_,
                 std::strerror(error), what_);
  }
  if (error == 0 && failed_) spdlog::info("{} is written again", path_);
  failed_ = error != 0;
}

}  // namespace ntm::agents
