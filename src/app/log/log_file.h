// A spdlog sink that writes a rotated log file: FILE, FILE.1 … FILE.N; the last
// is the oldest.
//
// Shape    a line that would make the file larger than max_bytes starts a new
//          file. If max_bytes or backup_count is 0, the file is not rotated.
// Threads  the sink may be used on any thread.
// Errors   MakeLogFile() throws ntm::Error if the file cannot be opened. Lines
//          that cannot be written later are only on standard error.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace spdlog::sinks {
class sink;
}

namespace ntm {

struct LogFile {
  std::string path;  // "": none
  uint64_t max_bytes = 10 << 20;
  uint32_t backup_count = 5;
};

// REQUIRES: the path is not empty.
std::shared_ptr<spdlog::sinks::sink> MakeLogFile(const LogFile& file);

}  // namespace ntm
