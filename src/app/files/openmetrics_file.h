// Writes spooled samples as OpenMetrics text with timestamps: grouped by
// family, then by series, each in the order of time, then "# EOF".
//
// Shape    an existing file keeps its content until Begin(). An incomplete file
//          has no "# EOF", so promtool rejects it.
// Threads  not synchronised.
// Errors   throws ntm::Error if the file cannot be opened or written.
// Source   OpenMetrics 1.0.0; timestamps are in seconds.
#pragma once

#include <string>
#include <vector>

#include "sample_spool.h"

namespace ntm {

class OpenMetricsFile final : public SampleSpool::Reader {
 public:
  // "-" is standard output. Opens the file at once, so that a wrong path is
  // reported before hours of reading.
  explicit OpenMetricsFile(const std::string& path);
  ~OpenMetricsFile();
  OpenMetricsFile(const OpenMetricsFile&) = delete;
  OpenMetricsFile& operator=(const OpenMetricsFile&) = delete;

  // `heads` are the families' HELP and TYPE lines by SeriesId::family; they
  // must outlive this. Truncates the file.
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
