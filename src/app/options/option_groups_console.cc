#include <cstdint>
#include <limits>
#include <string>

#include "option_groups.h"
#include "option_values.h"

namespace ntm {

void AddConsoleOptions(OptionDeclarer& declarer, Options& options) {
  declarer.BeginGroup("Console");
  declarer
      .AddFlag(
          "--once", options.once,
          "Read the interfaces' counters once, print the report, and "
          "end. Nothing is captured, served or kept (but with --database), "
          "and no right is needed. The counters are the kernel's, which "
          "begin when an interface does: for most, at boot.")
      .FlagOnly();
  declarer.AddFlag("--report", options.report,
                   "Print a report of the interfaces at start and after each "
                   "--interval");
  declarer
      .AddWord("--units", options.units, ParseShownUnits, "UNITS",
               "Units of rates on the page, in `ntm history` and in alerts: "
               "bytes (MB/s) or bits (Mbit/s), decimal either way")
      .DefaultText("bytes");
}

void AddLogFileOptions(OptionDeclarer& declarer, Options& options) {
  LogFile& file = options.log_file;
  declarer.AddText("--log-file", file.path, "FILE",
                   "Write the log to this file as well as to standard error; "
                   "its directory is made");
  declarer
      .AddWord(
          "--log-max-bytes", file.max_bytes,
          [](const std::string& text) {
            return ParseByteCount(text, 0, std::numeric_limits<int64_t>::max());
          },
          "BYTES",
          "A longer log file becomes FILE.1, that one FILE.2 and so "
          "on; 0: never")
      .DefaultText("10MiB");
  declarer
      .AddWord("--log-backup-count", file.backup_count, NumberFrom(0, 1000),
               "N", "Older log files to keep; 0: none is made, the file grows")
      .DefaultText(std::to_string(file.backup_count));
}

}  // namespace ntm
