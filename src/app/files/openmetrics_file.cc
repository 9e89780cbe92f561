#include "openmetrics_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <iterator>
#include <utility>

#include "app/run/signals.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

constexpr size_t kBufferBytes = 256 << 10;

void AppendValue(const SampleValue& value, std::string* out) {
  const auto number = std::bit_cast<double>(value.bits);
  if (value.is_integer) {
    fmt::format_to(std::back_inserter(*out), "{}", value.bits);
  } else if (std::isnan(number)) {
    out->append("NaN");
  } else if (std::isinf(number)) {
    out->append(number > 0 ? "+Inf" : "-Inf");
  } else {
    fmt::format_to(std::back_inserter(*out), "{}", number);
  }
}

void AppendTime(int64_t time_ms, std::string* out) {
  fmt::format_to(std::back_inserter(*out), "{}", time_ms / 1000);
  if (time_ms % 1000 != 0) {
    fmt::format_to(std::back_inserter(*out), ".{:03}", time_ms % 1000);
  }
}

}  // namespace

OpenMetricsFile::OpenMetricsFile(const std::string& path)
    : path_(path),
      descriptor_(path == "-" ? fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)
                              : open(path.c_str(),
                                     O_WRONLY | O_CREAT | O_CLOEXEC, 0666)) {
  if (descriptor_ < 0) Fail("open", errno);
}

OpenMetricsFile::~OpenMetricsFile() {
  if (descriptor_ >= 0) close(descriptor_);
}

void OpenMetricsFile::Begin(const std::vector<std::string>* heads) {
  heads_ = heads;
  struct stat status = {};
  if (path_ != "-" && fstat(descriptor_, &status) == 0 &&
      S_ISREG(status.st_mode) && ftruncate(descriptor_, 0) != 0) {
    Fail("write", errno);
  }
}

void OpenMetricsFile::OnSeries(const SeriesId& id, const std::string& text) {
  if (signals::Wait(std::chrono::nanoseconds(0))) {
    throw Error("interrupted: " + path_ + " is incomplete; run ntm again");
  }
  if (!has_family_ || id.family != family_) {
    has_family_ = true;
    family_ = id.family;
    buffer_ += (*heads_)[family_];
  }
  series_ = text + ' ';
}

void OpenMetricsFile::OnSample(int64_t time_ms, const SampleValue& value) {
  buffer_ += series_;
  AppendValue(value, &buffer_);
  buffer_ += ' ';
  AppendTime(time_ms, &buffer_);
  buffer_ += '\n';
  if (buffer_.size() >= kBufferBytes) Flush();
}

void OpenMetricsFile::Finish() {
  buffer_ += "# EOF\n";
  Flush();
  const int result = close(std::exchange(descriptor_, -1));
  if (result != 0) Fail("write", errno);
}

void OpenMetricsFile::Flush() {
  for (size_t done = 0; done < buffer_.size();) {
    const ssize_t written =
        write(descriptor_, buffer_.data() + done, buffer_.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) Fail("write", errno);
    done += static_cast<size_t>(written);
  }
  buffer_.clear();
}

void OpenMetricsFile::Fail(const std::string& what, int error) const {
  throw Error("cannot " + what + " " +
              (path_ == "-" ? "to standard output" : path_) + ": " +
              std::strerror(error) +
              "; it needs a writable folder with enough free space");
}

}  // namespace ntm
