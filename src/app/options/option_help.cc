#include "option_help.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <sstream>

#include "key_suggestion.h"
#include "option_sources.h"

namespace ntm {
namespace {

constexpr size_t kTextIndent = 6;
constexpr size_t kUsageIndent = 11;
constexpr size_t kColumns = 80;
// Where the texts of lists begin.
constexpr size_t kOptionText = 28;
constexpr size_t kNameText = 14;

constexpr char kAll[] = "all";

struct MostUsed {
  std::string_view name;
  std::string_view text;
};
// One line each; an option whose module is not built in is left out.
constexpr std::array<MostUsed, 16> kMostUsed = {{
    {"interface", "Interface to capture on ('any': all of them)"},
    {"read", "Read a capture file, print its metrics and exit"},
    {"port", "Port of the HTTP server (default 8000)"},
    {"bind-ip", "Address of the HTTP server (default: all)"},
    {"config", "Configuration file (default /etc/ntm/ntm.yaml)"},
    {"metric-prefix", "First part of the metric names (default ntm)"},
    {"labels", "Labels of the flow metrics, separated by commas"},
    {"max-series", "Most flow series to keep (default 10000)"},
    {"resolve", "Find the names of hosts"},
    {"fqdn", "The same, without shortening remote names"},
    {"database", "File that the history is stored in"},
    {"once", "Print the interface counters and exit"},
    {"list-interfaces", "List the interfaces and exit"},
    {"check-config", "Check the configuration and exit"},
    {"version", "Print the version and exit"},
    {"help", "Print this screen and exit"},
}};

// Of UTF-8, whose later bytes take no column of their own.
size_t ColumnsOf(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return (c & 0xc0) != 0x80; }));
}

std::string Padded(std::string text, size_t columns) {
  const size_t used = ColumnsOf(text);
  return text + std::string(used < columns ? columns - used : 0, ' ');
}

// `head` and the parts of `text` in lines, of which the later ones are
// indented. A head that ends with a blank is followed by the text at once.
std::string Folded(const std::string& head, const std::string& text,
                   size_t indent, char separator = ' ') {
  std::istringstream parts(text);
  std::string out;
  std::string line = head;
  for (std::string part; std::getline(parts, part, separator);) {
    const bool joined = line.empty() || line.ends_with(' ');
    if (!joined && ColumnsOf(line) + 1 + ColumnsOf(part) > kColumns) {
      out += line + "\n";
      line = std::string(indent, ' ') + part;
    } else {
      line += (joined ? "" : " ") + part;
    }
  }
  return out + line + "\n";
}

std::string Paragraph(const std::string& text, size_t indent) {
  return Folded(std::string(indent, ' '), text, indent);
}

// A line of a list: what it is about, and in a second column what that is.
std::string ListLine(const std::string& name, size_t column,
                     std::string_view text) {
  return Folded(Padded(name + "  ", column), std::string(text), column);
}

// An optional part of a usage is not broken.
std::string Usage(const std::string& head, const Subcommand& subcommand) {
  std::string parts = subcommand.usage;
  for (size_t at = 0; (at = parts.find(" [", at)) != std::string::npos;) {
    parts[at] = '\n';
  }
  return Folded(head + "ntm " + subcommand.name, parts, kUsageIndent, '\n');
}

std::string OptionNames(const CLI::Option& option, size_t most_long_names) {
  std::string names;
  const auto add = [&names](const std::string& name) {
    names += (names.empty() ? "" : ", ") + name;
  };
  for (const std::string& name : option.get_snames()) add("-" + name);
  for (const std::string& name : option.get_lnames()) {
    if (most_long_names-- == 0) break;
    add("--" + name);
  }
  if (option.get_expected_max() > 0) {
    // What follows a colon is a validator's.
    const std::string type = option.get_type_name();
    names += ' ' + type.substr(0, type.find(':'));
  }
  return "  " + names;
}

std::string Sources(const CLI::Option& option) {
  if (!option.get_configurable()) return "";
  std::string text = " (";
  const std::string& value = option.get_default_str();
  if (!value.empty() && value != "[]") text += "default " + value + "; ";
  if (option.get_expected_max() == 0 && value.empty()) {
    text += "default false; ";
  }
  for (const std::string& variable : VariablesOf(option)) {
    text += variable == VariablesOf(option).front() ? "env " : ", ";
    text += variable;
  }
  return text + ")";
}

std::string Entry(const CLI::Option& option) {
  const std::string names =
      option.get_positional() ? "  filter …"
                              : OptionNames(option, option.get_lnames().size());
  return names + "\n" +
         Paragraph(option.get_description() + Sources(option), kTextIndent);
}

std::string Description(const Subcommand& subcommand, size_t indent,
                        bool spaced) {
  std::string text = Paragraph(subcommand.help, indent);
  if (spaced && !subcommand.options.empty()) text += "\n";
  size_t column = 0;
  for (const Subcommand::Option& option : subcommand.options) {
    column = std::max(column, indent + option.name.size() + 2);
  }
  for (const Subcommand::Option& option : subcommand.options) {
    text +=
        ListLine(std::string(indent, ' ') + option.name, column, option.help);
  }
  return text;
}

std::vector<const CLI::Option*> OptionsOf(const CLI::App& app,
                                          const std::string& topic) {
  return app.get_options([&topic](const CLI::Option* option) {
    return option->get_group() == topic;
  });
}

bool IsEmpty(const HelpContents& contents, const OptionTopic& topic) {
  return OptionsOf(contents.app, topic.name).empty() &&
         std::ranges::find(contents.subcommands, topic.name,
                           &TopicSubcommand::topic) ==
             contents.subcommands.end();
}

// The topics about which there is something to say.
std::vector<OptionTopic> TopicsOf(const HelpContents& contents) {
  std::vector<OptionTopic> topics = contents.topics;
  std::erase_if(topics, [&contents](const OptionTopic& topic) {
    return IsEmpty(contents, topic);
  });
  return topics;
}

std::string TopicHelp(const HelpContents& contents, const OptionTopic& topic) {
  std::string text =
      topic.name + (topic.about.empty() ? ":" : ": ") + topic.about + "\n";
  for (const auto& [name, subcommand] : contents.subcommands) {
    if (name != topic.name) continue;
    text +=
        Usage("  ", subcommand) + Description(subcommand, kTextIndent, false);
  }
  for (const CLI::Option* option : OptionsOf(contents.app, topic.name)) {
    text += Entry(*option);
  }
  return text;
}

std::string FullHelp(const HelpContents& contents) {
  std::string text = "Usage: ntm [options] [filter …]\n";
  for (const auto& [topic, subcommand] : contents.subcommands) {
    text += Usage("       ", subcommand);
  }
  text += "\n" + contents.app.get_description() + "\n";
  for (const OptionTopic& topic : TopicsOf(contents)) {
    text += "\n" + TopicHelp(contents, topic);
  }
  return text + "\n" + contents.app.get_footer() + "\n";
}

}  // namespace

std::string ShortHelp(const HelpContents& contents) {
  std::string text =
      "Usage: ntm [options] [filter …]\n"
      "       ntm SUBCOMMAND [options]\n\n" +
      contents.app.get_description() +
      "\n\nThe filter, as for tcpdump, says what to count: "
      "ntm -i eth0 udp port 53\n\nMost used options:\n";
  for (const MostUsed& used : kMostUsed) {
    const CLI::Option* option =
        contents.app.get_option_no_throw("--" + std::string(used.name));
    if (option == nullptr) continue;
    text += ListLine(OptionNames(*option, 1), kOptionText, used.text);
  }
  text += "\nSubcommands (for details: ntm SUBCOMMAND --help):\n";
  for (const auto& [topic, subcommand] : contents.subcommands) {
    text += ListLine("  " + subcommand.name, kNameText, subcommand.summary);
  }
  text += "\nTopics (for their options: ntm help TOPIC):\n";
  for (const OptionTopic& topic : TopicsOf(contents)) {
    text += ListLine("  " + topic.name, kNameText, topic.about);
  }
  return text + "\n" +
         Paragraph(
             "All options: ntm --help all, or man ntm. Most can also be set in "
             "the environment or in the configuration file.",
             0);
}

std::optional<std::string> HelpOn(const HelpContents& contents,
                                  std::string_view word) {
  if (word == kAll) return FullHelp(contents);
  for (const OptionTopic& topic : TopicsOf(contents)) {
    if (topic.name != word) continue;
    return TopicHelp(contents, topic) +
           "\nOther topics: ntm help. All options: ntm --help all\n";
  }
  for (const auto& [topic, subcommand] : contents.subcommands) {
    if (subcommand.name == word) return SubcommandHelp(subcommand);
  }
  return std::nullopt;
}

std::string NoHelpOn(const HelpContents& contents, const std::string& word) {
  std::vector<std::string> names;
  std::string list;
  for (const OptionTopic& topic : TopicsOf(contents)) {
    names.push_back(topic.name);
    list += (list.empty() ? "" : ", ") + topic.name;
  }
  for (const auto& [topic, subcommand] : contents.subcommands) {
    names.push_back(subcommand.name);
  }
  names.emplace_back(kAll);
  const std::string nearest = Nearest(word, names);
  return "there is no help topic '" + word + "'; " +
         (nearest.empty()
              ? "the topics are " + list
              : "did you mean 'ntm help " + nearest + "'? See ntm help");
}

std::string SubcommandHelp(const Subcommand& subcommand) {
  return Usage("Usage: ", subcommand) + "\n" +
         Description(subcommand, 2, true) +
         "\nThe options of ntm itself: ntm --help\n";
}

}  // namespace ntm
