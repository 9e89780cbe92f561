#include <CLI/CLI.hpp>
#include <cstdint>
#include <limits>
#include <string>

#include "option_groups.h"
#include "option_values.h"

namespace ntm {

void AddConsoleOptions(CLI::App& app, Options& options) {
  app.option_defaults()->group("Console");
  app.add_flag("--once", options.once,
               "Read the interfaces' counters once, print the report, and "
               "end. Nothing is captured or served, and no right is needed.")
      ->configurable(false);
  app.add_flag("--report", options.report,
               "Print a report of the interfaces at start and after each "
               "--interval");
}

void AddLogFileOptions(CLI::App& app, Options& options) {
  LogFile& file = options.log_file;
  app.add_option("--log-file", file.path,
                 "Write the log to this file as well as to standard error; "
                 "its directory is made")
      ->type_name("FILE");
  CLI::callback_t take_bytes = [&file](const CLI::results_t& results) {
    file.max_bytes =
        ParseByteCount(results.back(), 0, std::numeric_limits<int64_t>::max());
    return true;
  };
  app.add_option("--log-max-bytes", std::move(take_bytes),
                 "A longer log file becomes FILE.1, that one FILE.2 and so "
                 "on; 0: never")
      ->type_name("BYTES")
      ->default_str("10MiB");
  CLI::callback_t take_count = [&file](const CLI::results_t& results) {
    constexpr uint64_t kMost = 1000;
    file.backup_count =
        static_cast<uint32_t>(ParseNumber(results.back(), 0, kMost));
    return true;
  };
  app.add_option("--log-backup-count", std::move(take_count),
                 "Older log files to keep; 0: none is made, the file grows")
      ->type_name("N")
      ->default_str(std::to_string(file.backup_count));
}

}  // namespace ntm
