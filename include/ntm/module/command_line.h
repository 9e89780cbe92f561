// The interface of a module that adds subcommands, checks its options, or does
// something in place of a run.
//
// Threads  main thread, after AddOptions() and before Module::Open().
// Errors   ntm::Error.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace ntm {

// The first word of a command line that asks for something other than a run, as
// in `ntm history --day 2026-01-31`. Nothing is started for it.
struct Subcommand {
  // One of its own options, for the help.
  struct Option {
    std::string name;  // with its value: "--day DAY"
    std::string help;
  };

  std::string name;
  std::string usage;    // the arguments: "[--day DAY] [--json]"
  std::string summary;  // one line
  std::string help;     // whole sentences
  std::vector<Option> options;
  // Takes its own words out of those that followed it; the rest are options of
  // ntm. Throws ntm::Error.
  std::function<void(std::vector<std::string>* words)> take;
  // Called once the options have their values; returns the exit code.
  std::function<int()> run;
};

// The ntm that runs with the same options, for a subcommand that is its client.
struct OwnServer {
  std::string url;  // "http://localhost:8000"; "" where any port may be taken
  bool may_be_tls = false;  // it is also tried with https://
  std::string token_path;   // --token-file; "": no tokens
  // The command line itself, not a variable or a file, has an interface or a
  // filter.
  bool capture_is_chosen = false;
  bool reads_files = false;  // -r: it would capture nothing
};

class CommandLine {
 public:
  virtual ~CommandLine() = default;

  virtual std::vector<Subcommand> Subcommands() { return {}; }

  // Called once the options are accepted, before Subcommand::run().
  virtual void SetOwnServer(const OwnServer& /*server*/) {}

  // Throws the errors in its options, and in those of their files that can be
  // read, that Module::Open() would throw. Opens nothing else and needs no
  // privilege. For --check-config.
  virtual void CheckOptions() const {}

  // Applies options that change the whole process. Called once they are
  // accepted, before another thread starts; not while they are parsed, because
  // a reload parses them too.
  virtual void TakeEffect() {}

  // Does something in place of a run and returns the exit code; nothing if its
  // options do not ask for that. Only the first such module is used.
  virtual std::optional<int> RunInstead() { return std::nullopt; }
};

}  // namespace ntm
