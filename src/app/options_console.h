// The options of the console work: a cycle's report, the log's file.
//
// Threads  start of the program only.
#pragma once

namespace CLI {
class App;
}

namespace ntm {

struct Options;

void AddConsoleOptions(CLI::App& app, Options& options);
void AddLogFileOptions(CLI::App& app, Options& options);

}  // namespace ntm
