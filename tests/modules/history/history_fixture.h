// Synthetic reports, and a directory for a database.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "modules/history/rate_buckets.h"
#include "modules/history/recorder.h"
#include "ntm/base/database.h"
#include "site_of.h"

namespace ntm::history::test {

inline constexpr int64_t kStart = 1'769'846'400;  // 2026-01-31T08:00:00Z
inline constexpr int64_t kNs = 1'000'000'000;

inline InterfaceSample Interface(const std::string& name,
                                 uint64_t receive_bytes, double rate) {
  InterfaceSample sample;
  sample.name = name;
  sample.up = true;
  sample.receive_bytes = receive_bytes;
  sample.transmit_bytes = 2 * receive_bytes;
  sample.receive_packets = 3;
  sample.transmit_packets = 4;
  sample.receive_errors = 5;
  sample.transmit_errors = 6;
  sample.receive_dropped = 7;
  sample.transmit_dropped = 8;
  sample.receive_bytes_per_second = rate;
  sample.transmit_bytes_per_second = 2 * rate;
  sample.max_bytes_per_second = 125e6;
  sample.speed_bits_per_second = 1'000'000'000;
  sample.mtu_bytes = 1500;
  sample.mac = "02:00:00:00:00:01";
  sample.addresses = {"10.0.0.1/24", "fd00::1/64"};
  return sample;
}

// eth0 and the sum, with the same values.
inline InterfaceReport Report(int64_t time_s, uint64_t receive_bytes,
                              double rate) {
  InterfaceReport report;
  report.time_ns = time_s * kNs;
  report.interfaces = {Interface("eth0", receive_bytes, rate)};
  report.total = Interface(kTotalInterface, receive_bytes, rate);
  report.site = ntm::test::SiteOf(report);
  return report;
}

inline InterfaceCycle Cycle(int64_t time_s, uint64_t receive_bytes,
                            double rate) {
  const InterfaceReport report = Report(time_s, receive_bytes, rate);
  InterfaceCycle cycle;
  cycle.time_ns = report.time_ns;
  cycle.rows = {report.total, report.interfaces[0]};
  return cycle;
}

inline const SourceKey kEth0{kInterfaceKind, "eth0"};

// The single value that a query returns.
inline std::string Ask(Database* database, const std::string& sql) {
  Statement statement(*database, sql);
  return statement.Step() ? statement.Text(0) : "nothing";
}

class Folder {
 public:
  Folder() {
    std::string name =
        (std::filesystem::temp_directory_path() / "ntm-history-XXXXXX");
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

 private:
  std::string path_;
};

}  // namespace ntm::history::test
