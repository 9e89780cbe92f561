// Writes the CSV file of --packet-log: a header and one line per packet.
//
// Shape    timestamp,source_ip,destination_ip,source_port,destination_port,
//          protocol,traffic_type,packet_size,priority. Created with mode 0600;
//          an existing packet log is appended to. If the file is renamed or
//          deleted, as logrotate does, a new one is created within a second.
// Threads  one user at a time.
// Errors   the constructor throws ntm::Error if the file cannot be written or
//          is not a packet log. Later failures are counted, and logged once.
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

  // Adds a line to the buffer.
  void Add(const LogRow& row, const std::string& class_name);
  // Writes the buffer; returns the number of lost lines.
  uint64_t Flush();

 private:
  // Returns false and sets errno if the file cannot be opened.
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
