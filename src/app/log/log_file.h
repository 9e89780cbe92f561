// The log's file, which makes room for itself: FILE, then FILE.1 … FILE.N, the
// oldest last.
//
// Shape    a line that would make the file longer than max_bytes goes into a
//          new one. Without max_bytes or backup_count the file only grows.
// Threads  the sink is safe to use from any thread.
// Errors   MakeLogFile() throws ntm::Error where the file cannot be opened.
//          What cannot be written later is lost here; standard error has it.
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

// REQUIRES: a path.
std::shared_ptr<spdlog::sinks::sink> MakeLogFile(const LogFile& file);

}  // namespace ntm
