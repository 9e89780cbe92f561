// `ntm forecast backtest` and `ntm forecast train`: forecasts of one's own
// data, without a run.
//
// Threads  main thread.
// Errors   ntm::Error, kExitUsage for words that cannot be. Run…() return the
//          exit code.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace ntm::forecast {

// What followed `ntm forecast`: "" is the first word, the others by name, as
// --csv, --bin, --horizons.
using ForecastWords = std::map<std::string, std::string>;

// Takes them out of `words`.
ForecastWords TakeForecastWords(std::vector<std::string>* words);

int RunForecastSubcommand(const ForecastWords& words);

}  // namespace ntm::forecast
