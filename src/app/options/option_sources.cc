#include "option_sources.h"

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <set>
#include <stdexcept>
#include <string_view>
#include <utility>

#include "key_suggestion.h"
#include "legacy_aliases.h"
#include "ntm/base/error.h"

namespace ntm {
namespace {

bool IsFlag(const CLI::Option& option) {
  return option.get_expected_max() == 0;
}

bool IsList(const CLI::Option& option) { return option.get_expected_max() > 1; }

std::string Hyphenated(std::string text) {
  std::replace(text.begin(), text.end(), '_', '-');
  return text;
}

[[noreturn]] void Refuse(const Origin& origin, const CLI::Option& option,
                         std::string why) {
  if (origin.source == Source::kEnvironment && !option.results().empty() &&
      IsQuoted(option.results().front())) {
    why += "; " + std::string(kQuotesAreKept);
  }
  if (origin.source != Source::kFile) {
    throw Error(origin.name + ": " + why + kSeeHelp, kExitUsage);
  }
  throw Error(origin.name + ":" + std::to_string(origin.line) + ": " +
              OptionName(option) + ": " + why);
}

std::string Quoted(const std::vector<std::string>& values) {
  std::string text;
  for (const std::string& value : values) {
    text += (text.empty() ? "'" : ", '") + value + "'";
  }
  return text;
}

// Removes the option's name, which CLI11 puts before a validator's message.
std::string WithoutName(const std::string& message, const CLI::Option& option) {
  const std::string name = option.get_name() + ": ";
  return message.compare(0, name.size(), name) == 0
             ? message.substr(name.size())
             : message;
}

// "INT in [1 - 300]", the validator's part of "INT:INT in [1 - 300]".
std::string TypeOf(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(type.find(':') + 1);
}

// Sets the option's variable from CLI11's results.
void Convert(CLI::Option& option, const Origin& origin) {
  const std::vector<std::string> given = option.results();
  try {
    option.run_callback();
  } catch (const std::invalid_argument& error) {
    Refuse(origin, option, error.what());
  } catch (const CLI::ValidationError& error) {
    Refuse(origin, option, WithoutName(error.what(), option));
  } catch (const CLI::ParseError&) {
    Refuse(
        origin, option,
        Quoted(given) + " is not " +
            (IsFlag(option) ? "true or false" : "a valid " + TypeOf(option)));
  }
}

std::string JoinedByBlanks(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (&word == words.data() ? "" : " ") + word;
  }
  return text;
}

// Adds quotes if YAML would not read the plain value as the same text.
std::string AsYaml(const std::string& value) {
  const bool is_plain =
      !value.empty() && value.front() != '-' && value.front() != ' ' &&
      value.back() != ' ' && value.back() != ':' &&
      value.find_first_of("#,[]{}&*!|>'\"%@`\n\t\\?=") == std::string::npos &&
      value.find(": ") == std::string::npos;
  if (is_plain || value == "[]") return value;
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    if (c == '\n' || c == '\t') {
      text += c == '\n' ? "\\n" : "\\t";
    } else {
      text += c;
    }
  }
  return text + "\"";
}

const LegacyAlias* FindLegacyKey(const std::string& key) {
  const auto* found =
      std::find_if(kLegacyKeys.begin(), kLegacyKeys.end(),
                   [&key](const LegacyAlias& a) { return a.name == key; });
  return found == kLegacyKeys.end() ? nullptr : found;
}

// Returns true iff the option is a list with a default that is not empty.
bool HasListDefault(const CLI::Option& option) {
  const std::string& text = option.get_default_str();
  return IsList(option) && text.size() > 2 && text.front() == '[';
}

std::string ValueAsYaml(const CLI::Option& option) {
  const std::vector<std::string>& values = option.results();
  if (values.empty()) {
    if (HasListDefault(option)) return option.get_default_str();
    const std::string& text = option.get_default_str();
    return IsFlag(option) && text.empty() ? "false" : AsYaml(text);
  }
  if (option.get_positional()) return AsYaml(JoinedByBlanks(values));
  if (!IsList(option)) return AsYaml(values.back());
  std::string list;
  for (const std::string& value : values) {
    list += (list.empty() ? "" : ", ") + AsYaml(value);
  }
  return "[" + list + "]";
}

std::string OriginAsText(const Origin& origin) {
  switch (origin.source) {
    case Source::kFlag:
      return "flag";
    case Source::kEnvironment:
      return "env " + origin.name;
    case Source::kFile:
      return "file " + origin.name + ":" + std::to_string(origin.line);
    case Source::kDefault:
      break;
  }
  return "default";
}

// Returns true iff it is one of the variables that Kubernetes sets in a pod for
// a Service named ntm or ntm-…: NTM_SERVICE_HOST, NTM_SERVICE_PORT_HTTP,
// NTM_HUB_PORT_8000_TCP_ADDR … NTM_HUB_PORT has a value like
// tcp://10.0.0.7:8000.
bool IsServiceLink(std::string_view name, std::string_view value) {
  if (name.ends_with("_SERVICE_HOST") || name.ends_with("_SERVICE_PORT") ||
      name.find("_SERVICE_PORT_") != std::string_view::npos) {
    return true;
  }
  constexpr std::string_view kPort = "_PORT";
  if (name.ends_with(kPort) && value.find("://") != std::string_view::npos) {
    return true;
  }
  for (const std::string_view protocol : {"_TCP", "_UDP", "_SCTP"}) {
    for (const std::string_view part : {"", "_PROTO", "_PORT", "_ADDR"}) {
      const std::string ending = std::string(protocol) + std::string(part);
      if (!name.ends_with(ending)) continue;
      std::string_view rest = name.substr(0, name.size() - ending.size());
      const size_t digits = rest.find_last_not_of("0123456789");
      if (digits == std::string_view::npos || digits + 1 == rest.size()) {
        continue;
      }
      rest = rest.substr(0, digits + 1);
      if (rest.ends_with("_PORT_")) return true;
    }
  }
  return false;
}

}  // namespace

bool IsQuoted(std::string_view text) {
  return text.size() >= 2 && text.front() == text.back() &&
         (text.front() == '"' || text.front() == '\'');
}

std::string OptionName(const CLI::Option& option) {
  for (const std::string& name : option.get_lnames()) {
    if (!option.check_fname(name)) return name;
  }
  return option.get_name(true);
}

std::vector<std::string> VariablesOf(const CLI::Option& option) {
  const std::string name = OptionName(option);
  std::string own = "NTM_";
  for (const char c : name) {
    own += c == '.' || c == '-'
               ? '_'
               : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  }
  std::vector<std::string> variables = {own};
  for (const LegacyAlias& alias : kLegacyVariables) {
    if (alias.option == name) variables.emplace_back(alias.name);
  }
  return variables;
}

std::string OptionSources::Variable(const std::string& name) const {
  const char* value = std::getenv(name.c_str());
  std::string text = value == nullptr ? "" : value;
  const auto in_file = std::ranges::find(file_variables_, name,
                                         &EnvVariables::value_type::first);
  if (value == nullptr && in_file != file_variables_.end()) {
    text = in_file->second;
  }
  const bool is_service_link =
      name == "NTM_PORT" && text.find("://") != std::string::npos;
  return is_service_link ? "" : text;
}

void OptionSources::Resolve(const std::vector<FileSetting>& file,
                            const std::string& path) {
  ReadFlags();
  ReadEnvironment();
  ReadFile(file, path);
  WarnOfUnknownVariables();
}

Origin OptionSources::OriginOf(const std::string& name) const {
  for (const auto& [option, origin] : origins_) {
    if (OptionName(*option) == name) return origin;
  }
  return {};
}

std::string OptionSources::Describe() const {
  std::string set;
  std::string defaults;
  for (const CLI::Option* option : Settings()) {
    const auto found = origins_.find(option);
    const bool is_set = found != origins_.end();
    (is_set ? set : defaults) +=
        OptionName(*option) + ": " + ValueAsYaml(*option) + "  # " +
        OriginAsText(is_set ? found->second : Origin{}) + "\n";
  }
  return (set.empty() ? "# no options are set\n"
                      : "# options that are set, and where\n") +
         set + "\n# options at their defaults\n" + defaults;
}

void OptionSources::ReadFlags() {
  for (CLI::Option* option : app_.get_options()) {
    if (option->count() == 0 || !option->get_configurable()) continue;
    const Origin origin{Source::kFlag, option->get_name(), 0};
    // CLI11 uses the next word as the value even if it is an option.
    for (const std::string& value : option->results()) {
      if (!option->get_positional() && value.size() > 1 &&
          value.front() == '-' && app_.get_option_no_throw(value) != nullptr) {
        Refuse(origin, *option, "a value is missing before " + value);
      }
    }
    origins_[option] = origin;
    Convert(*option, origin);
  }
}

void OptionSources::ReadEnvironment() {
  for (CLI::Option* option : Settings()) {
    for (const std::string& variable : VariablesOf(*option)) {
      const std::string value = Variable(variable);
      if (value.empty() || origins_.count(option) != 0) continue;
      Set(*option, {value}, {Source::kEnvironment, variable, 0});
      if (IsQuoted(value)) {
        warnings_.push_back(variable + ": " + kQuotesAreKept);
      }
    }
  }
}

void OptionSources::ReadFile(const std::vector<FileSetting>& file,
                             const std::string& path) {
  std::map<const CLI::Option*, int> seen;
  for (const FileSetting& setting : file) {
    const Origin origin{Source::kFile, path, setting.line};
    const std::string where = path + ":" + std::to_string(setting.line) + ": ";
    const std::string key = Hyphenated(setting.key);
    CLI::Option* option = Find(key);
    if (option == nullptr && FindLegacyKey(key) == nullptr) {
      const std::string nearest = NearestKey(key);
      throw Error(where + "unknown key '" + setting.key + "'; " +
                  (nearest.empty() ? "ntm --help all lists the options"
                                   : "did you mean '" + nearest + "'?"));
    }
    if (option == nullptr) {
      warnings_.push_back(where + "'" + setting.key +
                          "' is not supported by this version yet");
      continue;
    }
    const auto [first, is_first] = seen.try_emplace(option, setting.line);
    if (!is_first) {
      throw Error(where + "'" + setting.key + "' is already set in line " +
                  std::to_string(first->second));
    }
    if (setting.is_list && !IsList(*option)) {
      Refuse(origin, *option, "expected one value, not a list");
    }
    const bool is_empty =
        setting.values.size() == 1 && setting.values.front().empty();
    if (origins_.count(option) != 0) continue;
    if (setting.is_list && (is_empty || setting.values.empty()) &&
        HasListDefault(*option)) {
      Set(*option, {""}, origin);
    } else if (!is_empty) {
      Set(*option, setting.values, origin);
    }
  }
}

void OptionSources::Set(CLI::Option& option,
                        const std::vector<std::string>& values, Origin origin) {
  for (const std::string& value : values) option.add_result(value);
  if (option.count() == 0) return;
  const Origin& kept = origins_[&option] = std::move(origin);
  Convert(option, kept);
}

std::vector<std::string> OptionSources::KnownVariables() const {
  std::vector<std::string> known = {"NTM_CONFIG"};
  for (const CLI::Option* option : Settings()) {
    const std::vector<std::string> variables = VariablesOf(*option);
    known.insert(known.end(), variables.begin(), variables.end());
  }
  return known;
}

EnvVariables OptionSources::ForEnvironment() const {
  EnvVariables variables = file_variables_;
  const std::vector<std::string> known = KnownVariables();
  std::erase_if(variables, [&known](const auto& variable) {
    return std::ranges::find(known, variable.first) != known.end();
  });
  return variables;
}

void OptionSources::WarnOfUnknownVariables() {
  const std::vector<std::string> known = KnownVariables();
  std::set<std::string> names;
  for (const auto& [name, value] : file_variables_) names.insert(name);
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    names.emplace(text.substr(0, text.find('=')));
  }
  constexpr size_t kMistakes = 2;
  for (const std::string& name : names) {
    const std::string value = Variable(name);
    if (!name.starts_with("NTM_") || value.empty()) continue;
    const std::string nearest = Nearest(name, known, kMistakes);
    if (nearest == name || IsServiceLink(name, value)) continue;
    warnings_.push_back(name + " in the environment is not an option; " +
                        (nearest.empty() ? "ntm --help all lists the options"
                                         : "did you mean " + nearest + "?"));
  }
}

CLI::Option* OptionSources::Find(const std::string& key) const {
  for (CLI::Option* option : Settings()) {
    if (Hyphenated(OptionName(*option)) == key) return option;
  }
  const LegacyAlias* alias = FindLegacyKey(key);
  if (alias == nullptr || alias->option.empty()) return nullptr;
  return Find(std::string(alias->option));
}

std::string OptionSources::NearestKey(const std::string& key) const {
  std::vector<std::string> known;
  for (const CLI::Option* option : Settings()) {
    known.push_back(Hyphenated(OptionName(*option)));
  }
  for (const LegacyAlias& alias : kLegacyKeys) {
    known.emplace_back(alias.name);
  }
  return Nearest(key, known);
}

std::vector<CLI::Option*> OptionSources::Settings() const {
  std::vector<CLI::Option*> settings = app_.get_options();
  settings.erase(std::remove_if(settings.begin(), settings.end(),
                                [](const CLI::Option* option) {
                                  return !option->get_configurable();
                                }),
                 settings.end());
  return settings;
}

}  // namespace ntm
