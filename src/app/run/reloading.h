// Reloads the options while ntm runs, and applies those that can change.
//
// Shape    Read() checks all options, including those of modules, as at start.
//          log-level, local-net, idle-timeout and the settings of
//          web_settings.h can change; for every other option that differs a
//          warning says that it needs a restart.
// Threads  main thread only.
// Errors   Read() throws ntm::Error as ParseOptions() does.
#pragma once

#include <prometheus/metric_family.h>

#include <cstdint>
#include <vector>

#include "app/options/options.h"

namespace ntm {

class Reloading {
 public:
  explicit Reloading(const Options& options) : words_(options.words) {}

  Options Read() const;

  // Copies the options that can change from `wanted` to `current`.
  void Take(Options wanted, Options* current);

  // Records the result of a reload.
  void Note(bool went_well, int64_t time_ns);
  std::vector<prometheus::MetricFamily> Families() const;

 private:
  // Constant after construction
  std::vector<std::string> words_;  // argv

  bool went_well_ = true;
  int64_t last_success_ns_ = 0;  // 0: none yet
};

}  // namespace ntm
