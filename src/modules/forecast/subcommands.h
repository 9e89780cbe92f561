// The subcommands `ntm forecast backtest` and `ntm forecast train`: forecasts
// from files, without a capture.
//
// Threads  main thread.
// Errors   ntm::Error, with kExitUsage for wrong arguments.
#pragma once

#include <string>
#include <vector>

#include "ntm/module/subcommand_words.h"

namespace ntm::forecast {

// The arguments of `ntm forecast`: "" has the first word, the options are
// stored by name, as --csv, --bin, --horizons.
using ForecastWords = SubcommandWords;

// Moves the subcommand's own arguments out of `words`.
ForecastWords TakeForecastWords(std::vector<std::string>* words);

int RunForecastSubcommand(const ForecastWords& words);

}  // namespace ntm::forecast
