#include "ntm/module/subcommand_words.h"

#include <algorithm>
#include <utility>

#include "ntm/base/error.h"

namespace ntm {

SubcommandWords TakeSubcommandWords(std::span<const std::string_view> flags,
                                    std::span<const std::string_view> options,
                                    const std::string& subcommand,
                                    std::vector<std::string>* words) {
  SubcommandWords taken;
  std::vector<std::string> rest;
  for (size_t i = 0; i < words->size(); ++i) {
    const std::string& word = (*words)[i];
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    if (std::ranges::find(flags, word) != flags.end()) {
      taken[word] = "";
    } else if (std::ranges::find(options, name) == options.end()) {
      rest.push_back(word);
    } else if (equals != std::string::npos) {
      taken[name] = word.substr(equals + 1);
    } else if (++i < words->size()) {
      taken[name] = (*words)[i];
    } else {
      throw Error("ntm " + subcommand + ": " + name +
                      ": a value is missing; see ntm " + subcommand + " --help",
                  kExitUsage);
    }
  }
  *words = std::move(rest);
  return taken;
}

}  // namespace ntm
