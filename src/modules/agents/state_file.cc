#include "state_file.h"

#include <fcntl.h>
#include <pthread.h>
#include <spdlog/spdlog.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "ntm/state_directory.h"

namespace ntm::agents {
namespace {

constexpr mode_t kMode = 0640;

// 0, or the error.
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
  const std::string draft = path + ".new";
  const int file =
      open(draft.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, kMode);
  if (file < 0) return errno;
  int error = WriteAll(file, text);
  close(file);
  if (error == 0 && rename(draft.c_str(), path.c_str()) != 0) error = errno;
  if (error != 0) unlink(draft.c_str());
  return error;
}

}  // namespace

StateFile::StateFile(const std::string& name, std::string what,
                     const std::string& folder)
    : what_(std::move(what)) {
  Open(folder.empty() ? StateDirectory() : folder, name);
  if (path_.empty()) return;
  thread_ = std::jthread([this](const std::stop_token& stop) {
    pthread_setname_np(pthread_self(), "ntm-state");
    Run(stop);
  });
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
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    lock_ = open((path + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kMode);
    if (lock_ < 0) {
      why = path + ": " + std::strerror(errno);
    } else if (flock(lock_, LOCK_EX | LOCK_NB) != 0) {
      why = path + ": another ntm holds it";
    } else {
      path_ = path;
    }
  }
  if (path_.empty()) {
    spdlog::warn(
        "{} will not outlast this process: {}; give it a folder with "
        "STATE_DIRECTORY",
        what_, why);
    return;
  }
  std::ifstream file(path_, std::ios::binary);
  if (file) {
    content_.emplace(std::istreambuf_iterator<char>(file),
                     std::istreambuf_iterator<char>());
  }
}

void StateFile::SetAside(const std::string& why) {
  const bool moved = rename(path_.c_str(), (path_ + ".bad").c_str()) == 0;
  spdlog::warn("{} cannot be read: {}; {} begin anew{}", path_, why, what_,
               moved ? ", it is kept as " + path_ + ".bad" : "");
  content_.reset();
}

void StateFile::Save(std::string text) {
  if (path_.empty()) return;
  const std::scoped_lock lock(mutex_);
  pending_ = std::move(text);
  changed_.notify_one();
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
