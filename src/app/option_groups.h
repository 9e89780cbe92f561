// The program's own options, group by group as --help shows them. Their values
// go into `options`, which must outlive `app`.
//
// Threads  start of the program only.
#pragma once

#include "options.h"

namespace CLI {
class App;
}

namespace ntm {

void AddCaptureOptions(CLI::App& app, Options& options);
void AddFileOptions(CLI::App& app, Options& options);
void AddAccountingOptions(CLI::App& app, Options& options);
void AddHttpOptions(CLI::App& app, Options& options);
void AddSecurityOptions(CLI::App& app, Options& options);
void AddLogOptions(CLI::App& app, Options& options);
void AddLogFileOptions(CLI::App& app, Options& options);
void AddConsoleOptions(CLI::App& app, Options& options);

}  // namespace ntm
