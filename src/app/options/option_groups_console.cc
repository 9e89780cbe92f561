#include <cstdint>
#include <limits>
#include <string>

#include "option_groups.h"
#include "option_values.h"

namespace ntm {

void AddConsoleOptions(OptionDeclarer& declarer, Options& options) {
  declarer.BeginTopic("interfaces",
                      "interface counters and bandwidths, reports");
  declarer
      .AddFlag(
          "--once", options.once,
          "Read the interface counters once, print a report and exit. Nothing "
          "is captured or served, nothing is stored without --database, and no "
          "privileges are needed. The kernel's counters start when an "
          "interface is created, which is usually at boot")
      .FlagOnly();
  declarer.AddFlag("--report", options.report,
                   "Print a report of the interfaces at the start and every "
                   "--interval seconds");
  declarer
      .AddWord(
          "--units", options.units, ParseShownUnits, "UNITS",
          "Units of rates on the page, in `ntm top` and `ntm history`, and in "
          "alerts: bytes (MB/s) or bits (Mbit/s), both decimal")
      .DefaultText("bytes");
}

void AddLogFileOptions(OptionDeclarer& declarer, Options& options) {
  LogFile& file = options.log_file;
  declarer.AddText("--log-file", file.path, "FILE",
                   "Log to this file as well as to standard error; its "
                   "directory is created");
  declarer
      .AddWord(
          "--log-max-bytes", file.max_bytes,
          [](const std::string& text) {
            return ParseByteCount(text, 0, std::numeric_limits<int64_t>::max());
          },
          "BYTES",
          "Size at which the log file is rotated: FILE becomes FILE.1, FILE.1 "
          "becomes FILE.2 and so on; 0: no rotation")
      .DefaultText("10MiB");
  declarer
      .AddWord("--log-backup-count", file.backup_count, NumberFrom(0, 1000),
               "N", "Rotated log files to keep; 0: no rotation, the file grows")
      .DefaultText(std::to_string(file.backup_count));
}

}  // namespace ntm
