#include "option_help.h"

#include <CLI/CLI.hpp>
#include <sstream>
#include <vector>

#include "option_sources.h"

namespace ntm {
namespace {

constexpr size_t kIndent = 6;
constexpr size_t kColumns = 80;

constexpr char kDoctorUsage[] =
    "doctor [--json] [--seconds N] [options] [filter …]";

constexpr char kOtherOptions[] = "\nAll other options: ntm --help\n";

constexpr char kDoctor[] =
    "\nDoctor:\n"
    "  ntm doctor, with the options that ntm is started with, says why there "
    "is no\n"
    "  data: a line for each check, ok, warn or fail, with the remedy. "
    "--seconds N is\n"
    "  how long it listens (default 5), --json prints one object. Exit code 1 "
    "where a\n"
    "  check fails.\n";

std::string Wrapped(const std::string& text) {
  std::istringstream words(text);
  std::string out;
  size_t column = kColumns;
  for (std::string word; words >> word;) {
    if (column + 1 + word.size() > kColumns) {
      if (!out.empty()) out += '\n';
      out += std::string(kIndent, ' ') + word;
      column = kIndent + word.size();
    } else {
      out += ' ' + word;
      column += 1 + word.size();
    }
  }
  return out + "\n";
}

std::string Heading(const CLI::Option& option) {
  std::string names;
  for (const std::string& name : option.get_snames()) {
    names += (names.empty() ? "-" : ", -") + name;
  }
  for (const std::string& name : option.get_lnames()) {
    names += (names.empty() ? "--" : ", --") + name;
  }
  if (option.get_expected_max() > 0) {
    // What follows a colon is a validator's.
    const std::string type = option.get_type_name();
    names += ' ' + type.substr(0, type.find(':'));
  }
  return "  " + names + "\n";
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
  const std::string heading =
      option.get_positional() ? "  filter …\n" : Heading(option);
  return heading + Wrapped(option.get_description() + Sources(option));
}

}  // namespace

std::string HelpText(const Subcommand& subcommand) {
  return "Usage: ntm " + subcommand.name + " " + subcommand.usage +
         "\n\n  ntm " + subcommand.name + "\n" + Wrapped(subcommand.help) +
         kOtherOptions;
}

std::string DoctorHelpText() {
  return std::string("Usage: ntm ") + kDoctorUsage + "\n" + kDoctor +
         kOtherOptions;
}

std::string HelpText(const CLI::App& app,
                     const std::vector<Subcommand>& subcommands) {
  std::string text =
      "Usage: ntm [options] [filter …]\n"
      "       ntm " +
      std::string(kDoctorUsage) + "\n";
  std::string subcommands_help;
  for (const Subcommand& subcommand : subcommands) {
    text += "       ntm " + subcommand.name + " " + subcommand.usage + "\n";
    subcommands_help +=
        (subcommands_help.empty() ? "\nOther subcommands:\n  ntm " : "  ntm ") +
        subcommand.name + "\n" + Wrapped(subcommand.help);
  }
  text += app.get_description() + "\n" + kDoctor + subcommands_help;
  for (const std::string& group : app.get_groups()) {
    const auto options = app.get_options([&group](const CLI::Option* option) {
      return option->get_group() == group;
    });
    if (group.empty() || options.empty()) continue;
    text += "\n" + group + ":\n";
    for (const CLI::Option* option : options) text += Entry(*option);
  }
  return text + "\n" + app.get_footer() + "\n";
}

}  // namespace ntm
