// What the command line can ask of a module beside a run: to be checked, to
// change the process, to do something else.
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

class CommandLine {
 public:
  virtual ~CommandLine() = default;

  virtual std::vector<Subcommand> Subcommands() { return {}; }

  // Throws what Module::Open() would refuse of its options and of those of
  // their files that can be read, but opens nothing else and needs no right.
  // For --check-config.
  virtual void CheckOptions() const {}

  // Its options are accepted, and this process goes by them: what they change
  // for all of it is changed here, and never while they are read, as a reload
  // reads them too. Before any other thread.
  virtual void TakeEffect() {}

  // Does what its options ask for in place of a run and returns the exit code;
  // nothing where they ask for none. The first module that does something
  // counts.
  virtual std::optional<int> RunInstead() { return std::nullopt; }
};

}  // namespace ntm
