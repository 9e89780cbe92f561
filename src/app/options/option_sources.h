// Where the value of an option comes from: its flag, its environment variable
// or its key in the configuration file; a flag beats a variable, a variable the
// file, the file the default.
//
// Shape    one declaration in CLI11 makes all three. Of `--web.listen-address`:
//          variable  NTM_WEB_LISTEN_ADDRESS (capitals; dots and hyphens as _)
//          key       web.listen-address, nested or not; _ is as good as -
//          Options that are declared not configurable are flags only. An
//          empty variable or key counts as unset; but an empty list in the file
//          clears one that has a default.
//          CLI11's own reading of files and variables is not used: it puts the
//          file above the environment.
//          Options of CLI11's option groups are not seen.
// Threads  start of the program only.
// Errors   ntm::Error naming flag, variable or file and line. Exit code 2 for
//          flags and variables, 1 for the file.
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

// What ends a message about an option.
inline constexpr char kSeeHelp[] = "; see ntm --help";

// What to say of a variable whose value IsQuoted().
inline constexpr char kQuotesAreKept[] =
    "the quotes are part of its value: Docker's --env-file keeps them; leave "
    "them out there";

enum class Source : uint8_t { kDefault, kFile, kEnvironment, kFlag };

struct Origin {
  Source source = Source::kDefault;
  std::string name;  // "--port", "NTM_PORT" or "ntm.yaml"; "" for the default
  int line = 0;      // in the file
};

// The option's name without dashes, which is its key; of several the first.
std::string OptionName(const CLI::Option& option);

// Its environment variables, the strongest first.
std::vector<std::string> VariablesOf(const CLI::Option& option);

// Returns true iff a pair of quotes stands around the whole text.
bool IsQuoted(std::string_view text);

class OptionSources {
 public:
  // `app` must outlive this; its options may still be added.
  explicit OptionSources(CLI::App& app) : app_(app) {}

  // Those of --env-file, for what the environment does not have. To be called
  // before the others.
  void SetFileVariables(EnvVariables variables) {
    file_variables_ = std::move(variables);
  }

  // The variable's value, or "" if it is unset or empty. A service link that
  // Kubernetes has put there (NTM_PORT=tcp://…, of a Service named ntm) is
  // none.
  std::string Variable(const std::string& name) const;

  // Those of --env-file that no option has: they are for others to read.
  EnvVariables ForEnvironment() const;

  // To be called once, when CLI11 has seen the flags and run no callback: adds
  // to each option what the environment and `file` say, and runs its callback.
  // `path` is the file's name in messages.
  void Resolve(const std::vector<FileSetting>& file, const std::string& path);

  // `name` is that of OptionName().
  Origin OriginOf(const std::string& name) const;

  // Lines for the log: what was accepted but does nothing.
  const std::vector<std::string>& warnings() const { return warnings_; }

  // Every setting that there is, one per line: "key: value  # where from";
  // first those that are set anywhere, then those at their defaults.
  std::string Describe() const;

 private:
  void ReadFlags();
  void ReadEnvironment();
  void ReadFile(const std::vector<FileSetting>& file, const std::string& path);
  void Set(CLI::Option& option, const std::vector<std::string>& values,
           Origin origin);
  void WarnOfUnknownVariables();
  // The option of a key with hyphens; nullptr if no option has it.
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
