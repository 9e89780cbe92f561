// Sets options from flags, environment variables and the configuration file. A
// flag takes precedence over a variable, a variable over the file.
//
// Shape    one declaration in CLI11 defines all three. For
// `--web.listen-address`:
//          variable  NTM_WEB_LISTEN_ADDRESS (upper case, with _ for . and -)
//          key       web.listen-address, nested or not; _ and - are equal
//          Options that are not configurable are flags only. An empty variable
//          or key counts as not set, but an empty list in the file replaces a
//          default list.
//          CLI11's own support for files and variables is not used, because in
//          it the file takes precedence over the environment.
//          CLI11's option groups are not supported.
// Threads  start of the program only.
// Errors   ntm::Error that names the flag, the variable, or the file and line.
//          Exit code 2 for flags and variables, 1 for the file.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "config_file.h"
#include "env_file.h"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace ntm {

// The end of a message about an option.
inline constexpr char kSeeHelp[] = "; see ntm --help";

// The message for a variable whose value IsQuoted().
inline constexpr char kQuotesAreKept[] =
    "the quotes are part of the value: Docker's --env-file does not remove "
    "them; leave them out";

enum class Source : uint8_t { kDefault, kFile, kEnvironment, kFlag };

struct Origin {
  Source source = Source::kDefault;
  std::string name;  // "--port", "NTM_PORT" or "ntm.yaml"; "" for the default
  int line = 0;      // in the file
};

// The option's first name without dashes, which is also its key in the file.
std::string OptionName(const CLI::Option& option);

// Its environment variables in the order of precedence.
std::vector<std::string> VariablesOf(const CLI::Option& option);

// Returns true iff the whole text is in a pair of quotes.
bool IsQuoted(std::string_view text);

class OptionSources {
 public:
  // `app` must outlive this; options may be added to it later.
  explicit OptionSources(CLI::App& app) : app_(app) {}

  // Sets the variables of --env-file, which count if the environment does not
  // have them. Must be called before the other functions.
  void SetFileVariables(EnvVariables variables) {
    file_variables_ = std::move(variables);
  }

  // The variable's value, or "" if it is unset or empty. The service link that
  // Kubernetes sets for a Service named ntm (NTM_PORT=tcp://…) is ignored.
  std::string Variable(const std::string& name) const;

  // The variables of --env-file that belong to no option, such as TZ; they are
  // to be put into the environment.
  EnvVariables ForEnvironment() const;

  // Adds the values from the environment and `file` to each option, and runs
  // its callback. `path` is the file's name in messages. Must be called once,
  // after CLI11 has parsed the flags and before it runs callbacks.
  void Resolve(const std::vector<FileSetting>& file, const std::string& path);

  // `name` is the result of OptionName().
  Origin OriginOf(const std::string& name) const;

  // Messages for the log about settings that have no effect.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // All settings, one per line: "key: value  # origin"; first those that are
  // set, then those at their defaults.
  std::string Describe() const;

 private:
  void ReadFlags();
  void ReadEnvironment();
  void ReadFile(const std::vector<FileSetting>& file, const std::string& path);
  void Set(CLI::Option& option, const std::vector<std::string>& values,
           Origin origin);
  void WarnOfUnknownVariables();
  // The option with this key (with hyphens), or nullptr.
  CLI::Option* Find(const std::string& key) const;
  std::string NearestKey(const std::string& key) const;
  std::vector<CLI::Option*> Settings() const;
  std::vector<std::string> KnownVariables() const;

  CLI::App& app_;
  EnvVariables file_variables_;
  std::map<const CLI::Option*, Origin> origins_;
  std::vector<std::string> warnings_;
};

}  // namespace ntm
