// The texts of `ntm --help` and `ntm help`: one screen for a start, all options
// and subcommands by topic, one topic, one subcommand.
//
// Shape    text of at most 80 columns a line, each ended. The completions and
//          the man page are made of FullHelp(); packaging/man_page.py says what
//          they expect of it.
// Threads  start of the program only.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "ntm/module/command_line.h"
#include "ntm/module/option_declarer.h"

namespace CLI {
class App;
}

namespace ntm {

struct TopicSubcommand {
  std::string topic;
  Subcommand subcommand;
};

// What the texts are about. An option's group is its topic.
struct HelpContents {
  const CLI::App& app;
  const std::vector<OptionTopic>& topics;
  const std::vector<TopicSubcommand>& subcommands;
};

// `ntm --help`: at most 60 lines.
std::string ShortHelp(const HelpContents& contents);

// `ntm help WORD` of a topic, a subcommand or "all"; nothing of another word.
std::optional<std::string> HelpOn(const HelpContents& contents,
                                  std::string_view word);

// Says that there is no help on the word, and what may be meant.
std::string NoHelpOn(const HelpContents& contents, const std::string& word);

// `ntm NAME --help`.
std::string SubcommandHelp(const Subcommand& subcommand);

}  // namespace ntm
