// The file of --packet-log: a header and one line per packet.
//
// Shape    timestamp,source_ip,destination_ip,source_port,destination_port,
//          protocol,traffic_type,packet_size,priority. Made with mode 0600; one
//          that is there already is continued. One that is renamed or deleted
//          meanwhile, as logrotate does it, is made anew within a second.
// Threads  one user at a time.
// Errors   the constructor throws ntm::Error where the file cannot be written,
//          or is no packet log. Later faults are counted, and logged once.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "log_rows.h"

namespace ntm::packet_log {

class CsvFile {
 public:
  explicit CsvFile(std::string path);
  ~CsvFile();
  CsvFile(const CsvFile&) = delete;
  CsvFile& operator=(const CsvFile&) = delete;

  // Appends a line; in memory until Flush().
  void Add(const LogRow& row, const std::string& class_name);
  // Writes what was added; returns how many lines were lost by it.
  uint64_t Flush();

 private:
  // Returns false iff it cannot be opened, with errno set.
  bool Open();
  void FollowRename();
  bool WriteAll();

  std::string path_;
  int descriptor_ = -1;
  std::string text_;
  uint64_t lines_ = 0;  // in text_
  bool has_failed_ = false;
  std::chrono::steady_clock::time_point looked_at_{};
};

// "2026-11-21T06:18:36.123456Z".
std::string MicrosecondText(int64_t time_ns);

}  // namespace ntm::packet_log
