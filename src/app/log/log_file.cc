#include "log_file.h"

#include <fcntl.h>
#include <spdlog/sinks/base_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <mutex>

#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"

namespace ntm {
namespace {

class RotatingFile final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit RotatingFile(LogFile file) : file_(std::move(file)) {
    KeptPlace(file_.path).MakeFolder();
    if (!Open()) {
      throw Error("cannot write the log to " + file_.path + ": " +
                  std::strerror(errno) + "; name another file with --log-file");
    }
  }
  ~RotatingFile() override { Close(); }
  RotatingFile(const RotatingFile&) = delete;
  RotatingFile& operator=(const RotatingFile&) = delete;

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    const bool rotates = file_.max_bytes > 0 && file_.backup_count > 0;
    if (rotates && bytes_ > 0 && bytes_ + line.size() > file_.max_bytes) {
      Rotate();
    }
    if (descriptor_ < 0) return;
    const ssize_t written = write(descriptor_, line.data(), line.size());
    if (written > 0) bytes_ += static_cast<uint64_t>(written);
  }

  void flush_() override {}  // nothing is buffered

 private:
  // On failure returns false and keeps the current file open.
  bool Open() {
    const int opened =
        KeptPlace(file_.path).Open(O_WRONLY | O_APPEND | O_CREAT, true);
    if (opened < 0) return false;
    Close();
    descriptor_ = opened;
    struct stat status {};
    bytes_ = fstat(descriptor_, &status) == 0
                 ? static_cast<uint64_t>(status.st_size)
                 : 0;
    return true;
  }

  void Close() {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = -1;
  }

  void Rotate() {
    const KeptPlace place(file_.path);
    const std::string path = place.path();
    std::string older = path + "." + std::to_string(file_.backup_count);
    for (uint32_t i = file_.backup_count; i-- > 0;) {
      const std::string newer = i == 0 ? path : path + "." + std::to_string(i);
      const bool moved = std::rename(newer.c_str(), older.c_str()) == 0;
      if (i == 0 && (!moved || !Open())) StopRotating();
      older = newer;
    }
  }

  // Does not use the logger: this is called while it logs.
  void StopRotating() {
    const std::string line = "warning: this file cannot be rotated: " +
                             std::string(std::strerror(errno)) +
                             "; its size is not limited from now on\n";
    file_.max_bytes = 0;
    [[maybe_unused]] const ssize_t written =
        write(descriptor_, line.data(), line.size());
  }

  LogFile file_;
  int descriptor_ = -1;
  uint64_t bytes_ = 0;  // in the file
};

}  // namespace

std::shared_ptr<spdlog::sinks::sink> MakeLogFile(const LogFile& file) {
  return std::make_shared<RotatingFile>(file);
}

}  // namespace ntm
