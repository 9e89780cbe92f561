#include "csv_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <iterator>
#include <string_view>
#include <utility>

#include "ntm/base/error.h"
#include "ntm/base/kept_file.h"
#include "ntm/base/utc_text.h"
#include "ntm/http/json.h"

namespace ntm::packet_log {
namespace {

constexpr std::string_view kHeader =
    "timestamp,source_ip,destination_ip,source_port,destination_port,protocol,"
    "traffic_type,packet_size,priority\n";
constexpr std::chrono::seconds kLookInterval{1};

// Returns true iff the file is empty, starts with the header of a packet log,
// or is not a regular file.
bool IsPacketLog(int descriptor) {
  struct stat status = {};
  if (fstat(descriptor, &status) == 0 && !S_ISREG(status.st_mode)) return true;
  std::array<char, kHeader.size()> begin{};
  const ssize_t got = pread(descriptor, begin.data(), begin.size(), 0);
  return got == 0 || (got == static_cast<ssize_t>(begin.size()) &&
                      std::string_view(begin.data(), begin.size()) == kHeader);
}

}  // namespace

std::string MicrosecondText(int64_t time_ns) { return UtcText(time_ns, 6); }

CsvFile::CsvFile(std::string path) : path_(std::move(path)) {
  if (!Open()) {
    throw Error("cannot write the packet log " + path_ + ": " +
                std::strerror(errno) + "; choose another file");
  }
  if (!IsPacketLog(descriptor_)) {
    close(descriptor_);
    throw Error(
        "cannot write the packet log " + path_ +
        ": the file exists and is not a packet log; choose another file");
  }
}

CsvFile::~CsvFile() {
  Flush();
  if (descriptor_ >= 0) close(descriptor_);
}

bool CsvFile::Open() {
  descriptor_ = KeptPlace(path_).Open(O_RDWR | O_CREAT | O_APPEND, true);
  struct stat status = {};
  if (descriptor_ < 0 || fstat(descriptor_, &status) != 0) return false;
  if (status.st_size == 0) text_.insert(0, kHeader);
  return true;
}

void CsvFile::Add(const LogRow& row, const std::string& class_name) {
  const PacketRecord& record = row.record;
  const auto out = std::back_inserter(text_);
  fmt::format_to(out, "{},{},{},", MicrosecondText(record.time_ns),
                 ToString(record.src), ToString(record.dst));
  if (record.has_ports) {
    fmt::format_to(out, "{},{},", record.src_port, record.dst_port);
  } else {
    text_ += ",,";
  }
  fmt::format_to(out, "{},{},{},{}\n", ProtocolName(record.protocol),
                 class_name, record.wire_bytes, row.priority);
  ++lines_;
}

void CsvFile::FollowRename() {
  const auto now = std::chrono::steady_clock::now();
  if (now - looked_at_ < kLookInterval) return;
  looked_at_ = now;
  struct stat there = {};
  struct stat ours = {};
  const bool is_ours = descriptor_ >= 0 && stat(path_.c_str(), &there) == 0 &&
                       fstat(descriptor_, &ours) == 0 &&
                       there.st_ino == ours.st_ino &&
                       there.st_dev == ours.st_dev;
  if (is_ours) return;
  // If no new file can be created, the old one is used further.
  const int old = std::exchange(descriptor_, -1);
  if (Open()) {
    if (old >= 0) close(old);
  } else if (old >= 0) {
    if (descriptor_ >= 0) close(descriptor_);
    descriptor_ = old;
  }
}

bool CsvFile::WriteAll() {
  size_t written = 0;
  while (written < text_.size()) {
    const ssize_t count =
        write(descriptor_, text_.data() + written, text_.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    written += static_cast<size_t>(count);
  }
  return true;
}

uint64_t CsvFile::Flush() {
  FollowRename();
  const bool works = WriteAll();
  if (!works && !has_failed_) {
    spdlog::error("cannot write the packet log {}: {}; lines are lost", path_,
                  std::strerror(errno));
  }
  if (works && has_failed_ && lines_ > 0) {
    spdlog::info("the packet log {} can be written again", path_);
  }
  has_failed_ = works ? has_failed_ && lines_ == 0 : true;
  const uint64_t lost = works ? 0 : lines_;
  text_.clear();
  lines_ = 0;
  return lost;
}

}  // namespace ntm::packet_log
