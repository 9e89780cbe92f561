// The program's own options, group by group as --help shows them. Their values
// go into `options`, which must outlive the declarer's app.
//
// Threads  start of the program only.
#pragma once

#include "ntm/module/option_declarer.h"
#include "options.h"

namespace ntm {

void AddCaptureOptions(OptionDeclarer& declarer, Options& options);
void AddFileOptions(OptionDeclarer& declarer, Options& options);
void AddAccountingOptions(OptionDeclarer& declarer, Options& options);
void AddHttpOptions(OptionDeclarer& declarer, Options& options);
void AddSecurityOptions(OptionDeclarer& declarer, Options& options);
void AddLogOptions(OptionDeclarer& declarer, Options& options);
void AddLogFileOptions(OptionDeclarer& declarer, Options& options);
void AddConsoleOptions(OptionDeclarer& declarer, Options& options);

}  // namespace ntm
