#include "subcommands.h"

#include <array>
#include <string_view>
#include <utility>

#include "app/doctor/doctor.h"
#include "app/host/modules_with.h"
#include "key_suggestion.h"
#include "ntm/base/error.h"
#include "ntm/capture/capture_filter.h"

namespace ntm {
namespace {

struct Meant {
  std::string_view word;
  std::string_view command;
};
constexpr std::array<Meant, 12> kMeant = {{{"watch", "ntm --report"},
                                           {"show", "ntm --once"},
                                           {"once", "ntm --once"},
                                           {"status", "ntm doctor"},
                                           {"check", "ntm --check-config"},
                                           {"interfaces", "ntm -D"},
                                           {"list", "ntm -D"},
                                           {"version", "ntm --version"},
                                           {"summary", "ntm --summary"},
                                           {"read", "ntm -r FILE"},
                                           {"start", "ntm, without a word"},
                                           {"run", "ntm, without a word"}}};

std::vector<Subcommand> AllSubcommands(
    const std::vector<std::unique_ptr<Module>>& modules) {
  std::vector<Subcommand> all = OwnSubcommands();
  for (CommandLine* module : ModulesWith<CommandLine>(modules)) {
    for (Subcommand& subcommand : module->Subcommands()) {
      all.push_back(std::move(subcommand));
    }
  }
  return all;
}

std::string CommandFor(const std::string& word,
                       const std::vector<std::unique_ptr<Module>>& modules) {
  for (const Meant& meant : kMeant) {
    if (meant.word == word) return std::string(meant.command);
  }
  std::vector<std::string> names;
  for (const Subcommand& subcommand : AllSubcommands(modules)) {
    names.push_back(subcommand.name);
  }
  // "host" is two letters away from "qos".
  constexpr size_t kShort = 4;
  const size_t mistakes = word.size() <= kShort ? 1 : 2;
  const std::string nearest = Nearest(word, names, mistakes);
  return nearest.empty() ? "" : "ntm " + nearest;
}

}  // namespace

std::vector<Subcommand> OwnSubcommands() {
  Subcommand help;
  help.name = kHelpSubcommand;
  help.usage = "[TOPIC | SUBCOMMAND | all]";
  help.summary = "Print this screen, a topic in full, or everything";
  help.help =
      "Prints the options and subcommands of a topic, one subcommand, or all "
      "of them. Without a word: the most used options and the list of topics.";
  return {DoctorSubcommand(), help};
}

std::optional<Subcommand> FindSubcommand(
    const std::string& name,
    const std::vector<std::unique_ptr<Module>>& modules) {
  for (Subcommand& subcommand : AllSubcommands(modules)) {
    if (subcommand.name == name) return std::move(subcommand);
  }
  return std::nullopt;
}

void SuggestSubcommand(const std::string& first_word, const std::string& filter,
                       const std::vector<std::unique_ptr<Module>>& modules) {
  if (first_word.empty() || !filter.starts_with(first_word)) return;
  const std::string command = CommandFor(first_word, modules);
  if (command.empty()) return;
  try {
    CheckFilter(filter);
  } catch (const Error&) {
    throw Error(
        "'" + first_word +
            "' is not a subcommand, and no filter begins with it; did you "
            "mean " +
            command + "? See ntm --help",
        kExitUsage);
  }
}

}  // namespace ntm
