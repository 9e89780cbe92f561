// Reads the options again while ntm runs, and takes those that can change.
//
// Shape    Read() judges all of them, those of modules included, as the start
//          did. What can change are log-level, local-net, idle-timeout and all
//          that web_settings.h reads; of others that differ it is said that
//          they wait for a restart.
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

  // Puts what can change of `wanted` into `current`.
  void Take(Options wanted, Options* current);

  // How the last reload went.
  void Note(bool went_well, int64_t time_ns);
  std::vector<prometheus::MetricFamily> Families() const;

 private:
  // Constant after construction
  std::vector<std::string> words_;  // argv

  bool went_well_ = true;
  int64_t last_success_ns_ = 0;  // 0: none yet
};

}  // namespace ntm
