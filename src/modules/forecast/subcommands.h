// `ntm forecast backtest` and `ntm forecast train`: forecasts of one's own
// data, without a run.
//
// Threads  main thread.
// Errors   ntm::Error, kExitUsage for words that cannot be. Run…() return the
//          exit code.
#pragma once

#include <string>
#include <vector>

#include "ntm/module/subcommand_words.h"

namespace ntm::forecast {

// What followed `ntm forecast`: "" is the first word, the others by name, as
// --csv, --bin, --horizons.
using ForecastWords = SubcommandWords;

// Takes them out of `words`.
ForecastWords TakeForecastWords(std::vector<std::string>* words);

int RunForecastSubcommand(const ForecastWords& words);

}  // namespace ntm::forecast
