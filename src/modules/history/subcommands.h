// What the terminal can ask of the history and do with its database, without a
// run: `ntm history`, `ntm backup FILE`, `ntm restore FILE`, --summary.
//
// Threads  main thread.
// Errors   ntm::Error. Print…() return the exit code.
#pragma once

#include <string>
#include <vector>

#include "ntm/module/subcommand_words.h"

namespace ntm::history {

// The words of `ntm history`: --hours 24, --from, --to, --day, --step,
// --interface, --agent with a value each, --csv, --json.
using HistoryWords = SubcommandWords;

// Takes them out of `words`.
HistoryWords TakeHistoryWords(std::vector<std::string>* words);

// Takes the one file's name that a subcommand needs.
std::string TakeFileWord(const std::string& subcommand,
                         std::vector<std::string>* words);

// The database that a run with this option would use, or that of the system's
// service. Throws where there is none.
std::string FindDatabase(const std::string& option);

int PrintHistory(const HistoryWords& words, const std::string& path);
int BackUp(const std::string& path, const std::string& target);

// Puts a copy of `source` in the place of the database, which is set aside.
int Restore(const std::string& path, const std::string& source);

// The number of rows of network_stats, and the ten newest. `path` may not
// exist.
int PrintSummary(const std::string& path);

}  // namespace ntm::history
