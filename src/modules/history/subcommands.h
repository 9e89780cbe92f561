// The command-line functions of the history: `ntm history`, `ntm backup FILE`,
// `ntm restore FILE` and --summary.
//
// Threads  main thread.
// Errors   ntm::Error. Print…() return the exit code.
#pragma once

#include <string>
#include <vector>

#include "ntm/module/subcommand_words.h"

namespace ntm::history {

// The options of `ntm history`: --hours, --from, --to, --day, --step,
// --interface and --agent with a value each; --csv, --json.
using HistoryWords = SubcommandWords;

// Moves them out of `words`.
HistoryWords TakeHistoryWords(std::vector<std::string>* words);

// Moves the file name out of `words`.
std::string TakeFileWord(const std::string& subcommand,
                         std::vector<std::string>* words);

// The database that ntm would use with this --database, else that of the system
// service. Throws if neither exists.
std::string FindDatabase(const std::string& option);

int PrintHistory(const HistoryWords& words, const std::string& path);
int BackUp(const std::string& path, const std::string& target);

// Replaces the database by a copy of `source`; the old one is renamed.
int Restore(const std::string& path, const std::string& source);

// Prints the number of rows of network_stats and the ten newest. `path` need
// not exist.
int PrintSummary(const std::string& path);

}  // namespace ntm::history
