// Writes spooled samples as OpenMetrics with times: families in one piece, in
// them series by series, the samples of each in the order of time, "# EOF".
//
// Shape    where the file is there already its content stays until the first
//          byte is written; one that was not finished has no "# EOF", and
//          promtool refuses it.
// Threads  not synchronised.
// Errors   throws ntm::Error if the file cannot be opened or written.
// Source   OpenMetrics 1.0.0; times are seconds.
#pragma once

#include <string>
#include <vector>

#include "sample_spool.h"

namespace ntm {

class OpenMetricsFile final : public SampleSpool::Reader {
 public:
  // "-" is standard output. Opens the file, so that a wrong path is found
  // before hours of reading.
  explicit OpenMetricsFile(const std::string& path);
  ~OpenMetricsFile();
  OpenMetricsFile(const OpenMetricsFile&) = delete;
  OpenMetricsFile& operator=(const OpenMetricsFile&) = delete;

  // `heads` are the families' HELP and TYPE lines by rank; must outlive it.
  void Begin(const std::vector<std::string>* heads);
  void OnSeries(const SeriesId& id, const std::string& text) override;
  void OnSample(int64_t time_ms, const SampleValue& value) override;
  void Finish();

 private:
  void Flush();
  [[noreturn]] void Fail(const std::string& what, int error) const;

  std::string path_;
  int descriptor_;
  const std::vector<std::string>* heads_ = nullptr;
  std::string buffer_;
  std::string series_;
  bool has_family_ = false;
  uint64_t family_ = 0;
};

}  // namespace ntm
